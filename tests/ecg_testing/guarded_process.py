"""A server as its users start it, that shows a certificate and wants a token."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from ecg_server.access.tokens import new_token
from ecg_testing.certificates import server_files
from ecg_testing.processes import ServerProcess


@dataclass(frozen=True, slots=True)
class GuardedServer:
    """Where it listens, and what its callers need.

    Attributes:
        address: localhost:PORT.
        authority: the certificate of the authority that vouches for it.
        other_authority: that of one that does not.
        token_file: a token that it lets in.
    """

    address: str
    authority: Path
    other_authority: Path
    token_file: Path


@contextmanager
def guarded_process(folder: Path) -> Iterator[GuardedServer]:
    """Start one whose files lie in this folder; at the end it is stopped."""
    files = server_files(folder, trustme.CA())
    other = folder / "other-authority.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    token, line = new_token("ward-7")
    _write_secret(folder / "tokens", line)
    _write_secret(folder / "ward-7.token", f"{token}\n")
    flags = {"--tls-certificate": files.certificate, "--tls-key": files.private_key, "--tokens": folder / "tokens"}
    with ServerProcess(*(str(part) for flag in flags.items() for part in flag)) as server:
        # By name, as certificates are made out: Node warns of those of addresses.
        address = server.address.replace("127.0.0.1", "localhost")
        yield GuardedServer(address, files.authority, other, folder / "ward-7.token")


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="ascii")
