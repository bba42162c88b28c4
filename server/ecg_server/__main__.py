"""`ecg-server`: reads flags and environment, and runs the server until it is told to stop."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TypeVar

# Before gRPC is imported: what it has to say, ecg-server says in one line.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

try:
    from ecg_model.bundle import shipped_bundle_names
    from ecg_model.errors import BundleError
    from ecg_model.loading import Runtime
    from ecg_server.addresses import AddressError, address_text
    from ecg_server.cores import usable_cores
    from ecg_server.process import run_server
    from ecg_server.settings import MEBIBYTE, BatchingSettings, ServerSettings
    from ecg_server.workers import WorkerError
except ModuleNotFoundError as missing:
    raise SystemExit(f'ecg-server: {missing.name} is missing: pip install "ecg-classifier[onnx]"') from missing

Number = TypeVar("Number", int, float)

EPILOG = """\
Every flag can be given as an environment variable too: --max-message-mib is ECG_MAX_MESSAGE_MIB. A flag wins.

Once it is SERVING the server prints one line, "listening on HOST:PORT", to standard error. SIGTERM or Ctrl-C makes it
answer what it has received and exit 0; it exits 1 when the model or the address cannot be served, 2 on a wrong flag.

Not a medical device.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; return the exit status."""
    settings = _read_settings(arguments)

    def announce(port: int) -> None:
        print(f"listening on {address_text(settings.host, port)}", file=sys.stderr, flush=True)

    try:
        run_server(settings, announce)
    except (AddressError, BundleError, WorkerError) as error:
        print(f"ecg-server: {error}", file=sys.stderr)
        return 1
    return 0


def _read_settings(arguments: Sequence[str] | None) -> ServerSettings:
    options = _parser().parse_args(arguments)
    cores = max(1, usable_cores() // options.workers)
    return ServerSettings(
        model=options.model,
        operating_point=options.operating_point,
        runtime=options.runtime,
        host=options.host,
        port=options.port,
        workers=options.workers,
        batching=BatchingSettings(largest_batch=options.largest_batch, runs=cores),
        max_message_bytes=options.max_message_mib * MEBIBYTE,
        drain_seconds=options.drain_seconds,
    )


def _parser() -> argparse.ArgumentParser:
    defaults = ServerSettings()
    parser = argparse.ArgumentParser(
        prog="ecg-server",
        description="Classifies 12-lead ECG recordings over gRPC (ecg.v1.EcgService).",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    shipped = ", ".join(shipped_bundle_names())
    _add(
        parser, "--model", str, defaults.model, f"a shipped bundle ({shipped}), or the path of a bundle or .keras file"
    )
    _add(
        parser,
        "--operating-point",
        str,
        None,
        "the model's thresholds to run at, by name, as `ecg summary` lists them; unless given, its first",
    )
    _add(
        parser,
        "--runtime",
        _runtime,
        None,
        "what runs the network: tensorflow or onnx; unless given, onnx for a model that has an ONNX form",
    )
    _add(parser, "--host", str, defaults.host, "address to listen on")
    _add(parser, "--port", _port, defaults.port, "port to listen on; 0 picks a free one")
    _add(parser, "--workers", _positive(int), defaults.workers, "processes that share the port and the cores")
    _add(
        parser,
        "--largest-batch",
        _positive(int),
        defaults.batching.largest_batch,
        "windows of recordings in one run of the network, at most: fewer for quicker single calls beside streams",
    )
    _add(
        parser,
        "--max-message-mib",
        _positive(int),
        defaults.max_message_bytes // MEBIBYTE,
        "largest message accepted, in MiB",
    )
    _add(
        parser,
        "--drain-seconds",
        _positive(float),
        defaults.drain_seconds,
        "how long calls may go on after SIGTERM, in seconds",
    )
    parser.add_argument("--version", action="version", version=f"ecg-server {version('ecg-classifier')}")
    return parser


def _add(
    parser: argparse.ArgumentParser, flag: str, kind: Callable[[str], object], default: object, meaning: str
) -> None:
    variable = f"ECG_{flag.removeprefix('--').replace('-', '_').upper()}"
    otherwise = "" if default is None else f"default: {default}; "
    # argparse runs a default that is a string through `type`, so a wrong variable is reported like a wrong flag.
    parser.add_argument(
        flag, type=kind, default=os.environ.get(variable, default), help=f"{meaning} ({otherwise}{variable})"
    )


def _runtime(text: str) -> Runtime:
    if text not in list(Runtime):
        raise argparse.ArgumentTypeError(f"{text!r} must be {' or '.join(Runtime)}")
    return Runtime(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004 - the range of TCP
        raise argparse.ArgumentTypeError(f"{text!r} must be a number from 0 to 65535")
    return int(text)


def _positive(kind: Callable[[str], Number]) -> Callable[[str], Number]:
    def number(text: str) -> Number:
        try:
            value = kind(text)
        except ValueError:
            value = kind("0")
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text!r} must be a {_KINDS[kind]} above 0")
        return value

    return number


_KINDS: dict[object, str] = {int: "whole number", float: "number"}


if __name__ == "__main__":
    sys.exit(main())
