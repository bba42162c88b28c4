"""Ray for tests: small, and of this machine."""

from ecg_testing.processes import ServerProcess

OBJECT_STORE_MIB = 100

# What the processes of a Ray are started with, besides what this one has.
RAY_ENVIRONMENT = {"RAY_USAGE_STATS_ENABLED": "0"}


def cluster_process(*arguments: str) -> ServerProcess:
    """Return `ecg-cluster` on a free port, with a Ray of its own."""
    small = ("--object-store-mib", str(OBJECT_STORE_MIB))
    return ServerProcess(*small, *arguments, module="ecg_cluster", environment=RAY_ENVIRONMENT)
