"""What is wrong with an operator's settings of who may call. Found at the start, the server does not start.

AccessError
├── TokenFileError      the file of bearer tokens cannot be used
├── CertificateError    a certificate, its key or an authority cannot be used
└── ExposureError       plain text would leave the machine
"""

from pathlib import Path


class AccessError(Exception):
    """Something that an operator has to put right. Its text is one line, says how, and holds no secret."""


class TokenFileError(AccessError):
    """The file of bearer tokens cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"cannot use the token file {path}: {problem}")


class CertificateError(AccessError):
    """A certificate, its key or an authority cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"cannot use {path} for TLS: {problem}")


class ExposureError(AccessError):
    """Plain text would leave the machine, and nobody has said that it may."""

    def __init__(self, host: str, problem: str) -> None:
        super().__init__(
            f"will not listen on {host!r} without TLS: {problem}; give --tls-certificate and --tls-key, "
            "or --insecure if anybody on the way may read along"
        )
