"""The benchmark: this service, others, and the bare network, side by side on the machine at hand.

    python -m benchmarks [--quick] [--only stream,unary] [--document]

Servers and clients run in processes of their own, all on the same cores; every case is measured once a round, one after
the other, so that whatever else the machine does falls on all of them alike; ratios are taken within a round. Every
answer is compared with the network's own before it counts.
"""
