"""Authorities made for one test, and files of their certificates."""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

import grpc
import trustme

from ecg_server.settings import TlsSettings

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Files:
    """Where a server's certificates lie.

    Attributes:
        certificate: the server's.
        private_key: its key.
        authority: the certificate of the authority that clients have theirs from.
    """

    certificate: Path
    private_key: Path
    authority: Path

    def tls(self, *names: str) -> TlsSettings:
        """Return settings that ask for a client certificate, of one of these names if there are any."""
        return TlsSettings(
            certificate=self.certificate,
            private_key=self.private_key,
            client_authority=self.authority,
            client_names=frozenset(names),
        )

    def plain_tls(self) -> TlsSettings:
        """Return settings that ask for no client certificate."""
        return TlsSettings(certificate=self.certificate, private_key=self.private_key)


def server_files(folder: Path, authority: trustme.CA) -> Files:
    """Write what a server on this machine needs, its clients having their certificates from the same authority."""
    files = Files(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    authority.cert_pem.write_to_path(str(files.authority))
    renew(files, authority)
    return files


def renew(files: Files, authority: trustme.CA) -> None:
    """Give the server a new certificate and key, the way that files are replaced: all at once."""
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    put(files.certificate, chain(certificate))
    put(files.private_key, certificate.private_key_pem.bytes())


def put(path: Path, content: bytes) -> None:
    """Replace a file, so that no reader sees a part of it; only the owner may read it."""
    new = path.with_suffix(".new")
    new.write_bytes(content)
    new.chmod(0o600)
    os.replace(new, path)  # noqa: PTH105 - says what it does


def chain(certificate: trustme.LeafCert) -> bytes:
    """Return a certificate and those between it and its authority."""
    return b"".join(pem.bytes() for pem in certificate.cert_chain_pems)


def client_credentials(
    server_authority: trustme.CA, certificate: trustme.LeafCert | None = None
) -> grpc.ChannelCredentials:
    """Return what a client connects with: whom it trusts, and the certificate it shows, if any."""
    return grpc.ssl_channel_credentials(
        server_authority.cert_pem.bytes(),
        None if certificate is None else certificate.private_key_pem.bytes(),
        None if certificate is None else chain(certificate),
    )
