"""What in a recording speaks for a class: things are taken away, or gradients followed. Knows no wire.

choices                 what is asked for
seen                    a recording as the network sees it, and which half second each sample belongs to
parts                   what can be taken away of that: a lead, a half second, both, a metadata value
runs                    the network, asked again and again
occlusion               by how much the probabilities fall without each part
integrated_gradients    what each sample and each value adds on the way from a recording that says nothing
explanation             what comes of it
explaining              a recording in, an explanation out
"""
