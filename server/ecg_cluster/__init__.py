"""The service past one machine: on Ray Serve, and for archives at rest on Ray Data."""
