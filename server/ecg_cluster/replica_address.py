"""Where a replica listens for Serve's other processes."""

from functools import partial
from typing import Any

import ray
from ray._common.network_utils import is_localhost
from ray.serve._private import replica


def keep_to_loopback() -> None:
    """On a Ray that keeps to the loopback address, have this replica keep to it as well; to be called as it starts.

    Each replica has a port on which it runs what it is sent. Ray's other processes listen where their node is; this one
    port of Serve's listens on every address of the machine.
    """
    address = ray.util.get_node_ip_address()
    if is_localhost(address):
        replica.add_port_to_grpc_server = partial(_add_port, replica.add_port_to_grpc_server, address)


def _add_port(add_port: Any, host: str, server: Any, _: str) -> int:
    port: int = add_port(server, f"{host}:0")
    return port
