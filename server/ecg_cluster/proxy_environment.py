"""What the processes of a cluster find in their environment, which is how Serve's proxies are told where to listen."""

import json
from collections.abc import Mapping

from ecg_server.settings import ServerSettings

HOOK = "ecg_cluster.proxy_address:listen_as_told"
# A proxy is no process of ours: this is how it is told.
VARIABLE = "ECG_CLUSTER_PROXY"


def proxy_environment(settings: ServerSettings) -> Mapping[str, str]:
    """Return the environment that the processes of a cluster need, for its proxies to listen as settings say."""
    tls = settings.access.tls
    files = [] if tls is None else [tls.certificate, tls.private_key, tls.client_authority]
    told = {"host": settings.host, "tls": [str(file.resolve()) for file in files if file is not None] or None}
    return {
        VARIABLE: json.dumps(told),
        "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": HOOK,
        "RAY_SERVE_GRPC_MAX_MESSAGE_SIZE": str(settings.max_message_bytes),
    }
