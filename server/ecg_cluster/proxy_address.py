"""Where Serve's proxies listen, and with what certificate.

Serve has its gRPC proxies listen in plain text on every address of a machine, and has no setting for it. It has a hook
that runs in every proxy before it listens (`RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH`), and one function that binds.
"""

import json
import os
from pathlib import Path
from typing import Any

from ray.serve._private import default_impl

from ecg_cluster.proxy_environment import VARIABLE
from ecg_server.access.certificates import server_credentials
from ecg_server.addresses import address_text
from ecg_server.settings import TlsSettings


def listen_as_told() -> list[Any]:
    """Have this proxy listen as its environment says; return no middleware for its HTTP."""
    told = json.loads(os.environ[VARIABLE])
    tls = None if told["tls"] is None else _tls(*told["tls"])

    def add_address(server: Any, address: str) -> None:
        address = address_text(told["host"], int(address.rpartition(":")[2]))
        if tls is None:
            server.add_insecure_port(address)
        else:
            server.add_secure_port(address, server_credentials(tls))

    default_impl.add_grpc_address = add_address
    return []


def _tls(certificate: str, private_key: str, client_authority: str | None = None) -> TlsSettings:
    authority = None if client_authority is None else Path(client_authority)
    return TlsSettings(certificate=Path(certificate), private_key=Path(private_key), client_authority=authority)
