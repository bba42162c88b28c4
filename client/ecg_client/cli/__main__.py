"""Entry point of `ecg`, and of `python -m ecg_client.cli`."""

import os
import sys
from collections.abc import Sequence

# What grpc has to say, it says to its caller as well. It reads this when it is imported.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from ecg_client.errors import (
    DeadlineExceededError,
    EcgError,
    MissingExtraError,
    RecordingRefusedError,
    ServiceError,
    UnauthenticatedError,
    UnreadableFileError,
)
from ecg_client.status import is_unreached

# The first kind that fits; the codes are explained in the help of `ecg`.
_EXIT_CODES: tuple[tuple[type[EcgError], int], ...] = (
    (UnreadableFileError, 1),
    (RecordingRefusedError, 1),
    (ServiceError, 3),
    (EcgError, 2),
)
_CLOSED_PIPE = 141
# What is in the words with which grpc says that it cannot connect, and what that means for whoever typed the command.
_CONNECTION_HINTS = {
    "certificate has expired": "; the service's certificate has expired; tell its operator",
    "CERTIFICATE_VERIFY_FAILED": "; name the authority that the service's certificate comes from with --ca",
    "Hostname Verification": "; the service's certificate has another name than its address; say it with --server-name",
    "WRONG_VERSION_NUMBER": "; it speaks no TLS; leave out --tls, --ca, --cert, --key and --server-name",
    "Socket closed": " (somebody is there, and wants TLS: give --ca or --tls, and --cert with --key if it asks for them)",
    "": " (start it with `ecg-server`, or say with --address where it is)",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and exits with its code; what was foreseen ends with one line, not with a traceback."""
    try:
        _run(arguments)
    except EcgError as error:
        sys.stderr.write(f"ecg: {error}{_hint(error)}\n")
        sys.exit(next(code for kind, code in _EXIT_CODES if isinstance(error, kind)))
    except SystemExit as exited:
        # Typer and rich both turn a reader that has gone (`| head`) into status 1, which means something else here.
        if isinstance(exited.__context__, BrokenPipeError):
            sys.exit(_CLOSED_PIPE)
        raise


def _run(arguments: Sequence[str] | None) -> None:
    try:
        from ecg_client.cli.app import app  # noqa: PLC0415 - only here can its absence be told from an error in it
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"rich", "typer"}:
            raise MissingExtraError("The command line", "cli") from error
        raise
    app(args=arguments, prog_name="ecg")


def _hint(error: EcgError) -> str:
    if isinstance(error, DeadlineExceededError):
        return "; allow more with --timeout"
    if isinstance(error, UnauthenticatedError):
        return "; give a token with --token-file or ECG_TOKEN, or a client certificate with --cert and --key"
    if isinstance(error, ServiceError) and is_unreached(error):
        return next(hint for words, hint in _CONNECTION_HINTS.items() if words in str(error))
    return ""


if __name__ == "__main__":
    main()
