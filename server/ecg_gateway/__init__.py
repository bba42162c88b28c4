"""The service over HTTP and JSON, and its page in the browser: a client of the gRPC service and nothing more."""
