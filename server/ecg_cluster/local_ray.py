"""Ray itself: started on this machine for as long as the process runs, or joined where it runs already."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import ray
from ray import serve
from ray.serve.config import HTTPOptions, ProxyLocation, gRPCOptions

from ecg_cluster.proxy_environment import proxy_environment
from ecg_cluster.ray_start import start_ray
from ecg_cluster.settings import ClusterSettings, RaySettings
from ecg_server.cores import usable_cores
from ecg_server.settings import MEBIBYTE

SERVICER_FUNCTION = "ecg_cluster.proxy.add_services"
LOOPBACK = "127.0.0.1"


@contextmanager
def running_ray(settings: ClusterSettings) -> Iterator[None]:
    """Have Ray run, with Serve's proxies on it, until the end of the block."""
    os.environ.update(proxy_environment(settings.server))
    if settings.ray.address is None:
        with _folder(settings.ray) as folder:
            _start(settings.ray, folder)
            try:
                yield
            finally:
                ray.shutdown()
    else:
        ray.init(address=settings.ray.address, configure_logging=False, log_to_driver=False)
        try:
            yield
        finally:
            ray.shutdown()


def start_proxies(port: int) -> None:
    """Start Serve with its proxies, unless it runs already: its proxies stay as they are then."""
    serve.start(
        proxy_location=ProxyLocation.EveryNode,
        # There is no gRPC proxy without one of HTTP: it has a port that nobody knows, and answers health only.
        http_options=HTTPOptions(host=LOOPBACK, port=0),
        grpc_options=gRPCOptions(port=port, grpc_servicer_functions=[SERVICER_FUNCTION], enable_reflection=False),
    )


def _start(settings: RaySettings, folder: str) -> None:
    start_ray(
        num_cpus=settings.cpus or usable_cores(),
        object_store_memory=settings.object_store_mib * MEBIBYTE,
        include_dashboard=settings.has_dashboard,
        dashboard_host=LOOPBACK,
        _temp_dir=folder,
        configure_logging=False,
        log_to_driver=True,
    )


@contextmanager
def _folder(settings: RaySettings) -> Iterator[str]:
    if settings.temporary_folder is not None:
        yield settings.temporary_folder
        return
    # Short, for the sockets in it have long names, and the system allows them 107 bytes.
    folder = tempfile.mkdtemp(prefix="ecg-", dir="/tmp")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
