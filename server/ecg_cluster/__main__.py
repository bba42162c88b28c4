"""`ecg-cluster`: reads flags and environment, and runs the service on Ray Serve."""

import os
import shlex
import sys
from collections.abc import Sequence

# Before gRPC and Ray are imported: what gRPC has to say, ecg-cluster says in one line; and nobody is told who uses Ray.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")

try:
    from ecg_cluster.flags import PROGRAM, read_cluster_settings
    from ecg_cluster.process import deploy, run_cluster
    from ecg_cluster.proxy_environment import proxy_environment
    from ecg_model.errors import BundleError
    from ecg_server.access.errors import AccessError
    from ecg_server.addresses import AddressError, address_text
except ModuleNotFoundError as missing:
    raise SystemExit(f'ecg-cluster: {missing.name} is missing: pip install "ecg-classifier[cluster]"') from missing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the application, or deploy it; return the exit status."""
    settings = read_cluster_settings(arguments, os.environ)
    if settings.is_environment_asked_for:
        for name, value in proxy_environment(settings.server).items():
            print(f"export {name}={shlex.quote(value)}")
        return 0

    def announce(port: int) -> None:
        sys.stderr.write(f"listening on {address_text(settings.server.host, port)}\n")
        sys.stderr.flush()

    try:
        if settings.ray.address is None:
            run_cluster(settings, announce)
        else:
            deploy(settings)
            print(f"deployed to {settings.ray.address}", file=sys.stderr)
    except (AccessError, AddressError, BundleError) as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
