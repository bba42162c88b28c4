"""The model: recordings, preprocessing, bundles and classifiers. It knows no wire.

The road through it: `recording.Recording` → `preprocessing.prepare` → a `network.Network` → `classifier.Prediction`.
"""
