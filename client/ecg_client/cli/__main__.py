"""Entry point of `ecg`, and of `python -m ecg_client.cli`."""

import sys
from collections.abc import Sequence

from ecg_client.errors import (
    EcgError,
    MissingExtraError,
    RecordingRefusedError,
    ServiceError,
    ServiceUnavailableError,
    UnreadableFileError,
)

# The first kind that fits; the codes are explained in the help of `ecg`.
_EXIT_CODES: tuple[tuple[type[EcgError], int], ...] = (
    (UnreadableFileError, 1),
    (RecordingRefusedError, 1),
    (ServiceError, 3),
    (EcgError, 2),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and exits with its code; what was foreseen ends with one line, not with a traceback."""
    try:
        _run(arguments)
    except EcgError as error:
        sys.stderr.write(f"ecg: {error}{_hint(error)}\n")
        sys.exit(next(code for kind, code in _EXIT_CODES if isinstance(error, kind)))


def _run(arguments: Sequence[str] | None) -> None:
    try:
        from ecg_client.cli.app import app  # noqa: PLC0415 - only here can its absence be told from an error in it
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"rich", "typer"}:
            raise MissingExtraError("The command line", "cli") from error
        raise
    app(args=arguments, prog_name="ecg")


def _hint(error: EcgError) -> str:
    if isinstance(error, ServiceUnavailableError):
        return " (start it with `ecg-server`, or say with --address where it is)"
    return ""


if __name__ == "__main__":
    main()
