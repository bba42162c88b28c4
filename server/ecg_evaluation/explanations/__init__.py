"""Measures how far explanations can be trusted: whether they go with the network, with the wall, with what matters."""
