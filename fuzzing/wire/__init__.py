"""Rubbish over the wire, to a server that runs."""
