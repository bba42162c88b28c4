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
_INTERRUPTED = 130
_CLOSED_PIPE = 141
# What to do where no connection was made, by the first words that fit.
_HANGS_UP = "; it hangs up at once: it may want --tls, or a client certificate with --cert and --key"
_UNREACHED_HINTS = (
    ("certificate has expired", "; the service's certificate has expired: tell its operator"),
    ("CERTIFICATE_VERIFY_FAILED", "; say with --ca which authority the service's certificate comes from"),
    ("Hostname Verification", "; say with --server-name which name the service's certificate has"),
    ("WRONG_VERSION_NUMBER", "; it speaks no TLS: give --no-tls"),
    ("handshake failed", "; see that it speaks TLS, and what --ca and --server-name say of its certificate"),
    ("Socket closed", _HANGS_UP),
    ("Connection reset", _HANGS_UP),
    ("", " (start it with `ecg-server`, or say with --address where it is)"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and exits with its code; what was foreseen ends with one line, not with a traceback."""
    try:
        _run(arguments)
    except EcgError as error:
        sys.stderr.write(f"ecg: {error}{_hint(error)}\n")
        sys.exit(next(code for kind, code in _EXIT_CODES if isinstance(error, kind)))
    except KeyboardInterrupt:
        # Before there is a command: while it is imported, as for each completion.
        sys.exit(_INTERRUPTED)
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
        return next(hint for words, hint in _UNREACHED_HINTS if words in error.message)
    return ""


if __name__ == "__main__":
    main()
