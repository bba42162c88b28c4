"""`ecg-gateway`: reads flags and environment, and serves HTTP until it is told to stop."""

import os
import sys
from collections.abc import Sequence

# Before gRPC is imported: what it has to say, the gateway says in one line.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

try:
    from ecg_client.errors import EcgError
    from ecg_gateway.flags import read_settings
    from ecg_gateway.process import StartError, run_gateway
except ModuleNotFoundError as missing:
    raise SystemExit(f'ecg-gateway: {missing.name} is missing: pip install "ecg-classifier[gateway]"') from missing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gateway; return the exit status."""

    def announce(address: str) -> None:
        # In one piece: the log is written to standard error too.
        sys.stderr.write(f"listening on {address}\n")
        sys.stderr.flush()

    try:
        run_gateway(read_settings(arguments, os.environ), announce)
    except (EcgError, StartError) as error:
        print(f"ecg-gateway: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
