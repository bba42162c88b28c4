"""Entry point of `ecg`, and of `python -m ecg_client.cli`."""

import sys
from collections.abc import Sequence

from ecg_client.errors import EcgError, MissingExtraError, ServiceError, ServiceUnavailableError

EXIT_USAGE = 2
EXIT_SERVICE = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and exits with its code; what was foreseen ends with one line, not with a traceback."""
    try:
        _run(arguments)
    except ServiceUnavailableError as error:
        _fail(f"{error} (start it with `ecg-server`, or say with --address where it is)", EXIT_SERVICE)
    except ServiceError as error:
        _fail(error, EXIT_SERVICE)
    except EcgError as error:
        _fail(error, EXIT_USAGE)


def _run(arguments: Sequence[str] | None) -> None:
    try:
        from ecg_client.cli.app import app  # noqa: PLC0415 - only here can its absence be told from an error in it
    except ModuleNotFoundError as error:
        if error.name in {"rich", "typer"}:
            raise MissingExtraError("The command line", "cli") from error
        raise
    app(args=arguments, prog_name="ecg")


def _fail(error: EcgError | str, exit_code: int) -> None:
    sys.stderr.write(f"ecg: {error}\n")
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
