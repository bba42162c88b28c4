"""`ecg-server`: reads flags and environment, and runs the server until it is told to stop."""

import os
import sys
from collections.abc import Sequence

# Before gRPC is imported: what it has to say, ecg-server says in one line.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

try:
    from ecg_model.errors import BundleError
    from ecg_server.access.errors import AccessError
    from ecg_server.addresses import AddressError, address_text
    from ecg_server.flags import read_settings
    from ecg_server.process import run_server
    from ecg_server.records.line_file import RecordsError
    from ecg_server.telemetry.telemetry import TelemetryError
    from ecg_server.workers import WorkerError
except ModuleNotFoundError as missing:
    raise SystemExit(f'ecg-server: {missing.name} is missing: pip install "ecg-classifier[onnx]"') from missing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; return the exit status."""
    settings = read_settings(arguments, os.environ)

    def announce(port: int) -> None:
        # In one piece: the log is written to standard error too, by another thread.
        sys.stderr.write(f"listening on {address_text(settings.host, port)}\n")
        sys.stderr.flush()

    try:
        run_server(settings, announce)
    except (AccessError, AddressError, BundleError, RecordsError, TelemetryError, WorkerError) as error:
        print(f"ecg-server: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
