"""TLS: what the server shows callers of itself, and whose clients it lets connect.

The files are looked at whenever a connection comes in, so that a renewed certificate needs no restart: connections that
are open go on with what they began with.
"""

import ssl
import time
from pathlib import Path

import grpc

from ecg_server.access.errors import CertificateError
from ecg_server.access.file_mode import warn_if_others_can_read
from ecg_server.access.watched_files import WatchedFiles
from ecg_server.settings import TlsSettings

# gRPC (1.85) frees the old certificates as soon as it is given new ones, and crashes when another connection is just
# beginning with the old (grpc/grpc#36693). While it waits for our answer no connection begins, and those that were
# beginning need microseconds to get hold of what they use: so the answer waits for them. Once for each renewal.
SETTLING_SECONDS = 0.2


def server_credentials(tls: TlsSettings) -> grpc.ServerCredentials:
    """Return the credentials for one port, always with the certificates that lie in the files.

    With a client authority a client without a certificate of that authority cannot connect at all.

    Raises:
        CertificateError: a file cannot be read, is no PEM, or the key does not fit the certificate.
    """
    paths = [path for path in (tls.certificate, tls.private_key, tls.client_authority) if path is not None]
    files = WatchedFiles(paths, lambda: _read(tls))
    warn_if_others_can_read(tls.private_key)

    def fetch() -> grpc.ServerCertificateConfiguration | None:
        renewed = files.renewed()
        if renewed is not None:
            time.sleep(SETTLING_SECONDS)
        return renewed

    return grpc.dynamic_ssl_server_credentials(
        files.current(),
        # gRPC asks in a thread of its own before each handshake. None is "as before", though its types do not say so.
        fetch,  # type: ignore[arg-type]
        require_client_authentication=tls.client_authority is not None,
    )


def _read(tls: TlsSettings) -> grpc.ServerCertificateConfiguration:
    certificate, private_key = _certificates(tls.certificate), _bytes(tls.private_key)
    _check_key_fits(tls)
    authority = None if tls.client_authority is None else _certificates(tls.client_authority)
    return grpc.ssl_server_certificate_configuration([(private_key, certificate)], root_certificates=authority)


def _certificates(path: Path) -> bytes:
    content = _bytes(path)
    try:
        # Between certificates there may be anything, names of people among it.
        _context().load_verify_locations(cadata=content.decode("ascii", errors="ignore"))
    except (ssl.SSLError, ValueError) as error:
        raise CertificateError(path, "it holds no certificate, or a broken one; give certificates as PEM") from error
    return content


def _check_key_fits(tls: TlsSettings) -> None:
    try:
        # A password for an encrypted key would be asked for on the terminal; the wrong one makes it an error.
        _context().load_cert_chain(tls.certificate, tls.private_key, password=lambda: b"")
    except (ssl.SSLError, OSError) as error:
        raise CertificateError(
            tls.private_key,
            f"it holds no private key that fits the certificate in {tls.certificate}; "
            "give that certificate's own key, RSA of 2048 bits or more, or ECDSA, as PEM, not encrypted",
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CertificateError(path, f"{error.strerror}; name a file that the server can read") from error


def _context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
