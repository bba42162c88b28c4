"""What the road through Ray Serve costs beside a server, and what replicas bring."""
