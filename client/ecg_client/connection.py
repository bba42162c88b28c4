"""What both clients agree on: where the service is, how a channel to it is set up, how long a call may take."""

DEFAULT_ADDRESS = "127.0.0.1:50051"
DEFAULT_TIMEOUT_S = 30.0

_MAX_MESSAGE_BYTES = 64 * 1024 * 1024

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
)
"""The server accepts messages up to 64 MiB unless it was told otherwise; grpc alone would stop at 4."""
