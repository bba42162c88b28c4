"""With what a service and its caller show each other who they are."""

import dataclasses
import ssl
from pathlib import Path

import grpc

from ecg_client.errors import InvalidCredentialsError

# Where systems keep all their authorities in one file, beside those of the folder.
_BUNDLES = ("ca-certificates.crt", "ca-bundle.crt")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Whom to trust, and with what to show who calls. All files are PEM.

    Attributes:
        authority: Certificates of the authorities that the service's certificate must come from; None: those that this
            machine trusts.
        certificate: The client's certificate, and those between it and its authority, where the service wants one.
        private_key: The certificate's key, not encrypted.
        server_name: The name that the service's certificate must have, where it is not the host of the address.
    """

    authority: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    server_name: str | None = None

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What a channel has to know besides its credentials."""
        if self.server_name is None:
            return ()
        return ("grpc.ssl_target_name_override", self.server_name), ("grpc.default_authority", self.server_name)

    def credentials(self) -> grpc.ChannelCredentials:
        """Returns the credentials of a channel.

        Raises:
            InvalidCredentialsError: A file is missing, or is not what it should be.
        """
        self._check()
        return grpc.ssl_channel_credentials(
            _system_authorities() if self.authority is None else self.authority.read_bytes(),
            None if self.private_key is None else self.private_key.read_bytes(),
            None if self.certificate is None else self.certificate.read_bytes(),
        )

    def _check(self) -> None:
        """Lets Python's own TLS look at the files: grpc would only say that it cannot connect."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if (self.certificate is None) is not (self.private_key is None):
            raise InvalidCredentialsError("a client's certificate and its private key need each other; give both")
        try:
            if self.authority is not None:
                context.load_verify_locations(self.authority)
        except OSError as error:
            raise _unusable(self.authority, "certificates of authorities", error) from error
        try:
            if self.private_key is not None:
                # With the certificate's, the error of a file that cannot be read would not say which of the two it is.
                self.private_key.open("rb").close()
        except OSError as error:
            raise _unusable(self.private_key, "the certificate's key, not encrypted", error) from error
        try:
            if self.certificate is not None:
                # Without a password to try, Python would ask for one.
                context.load_cert_chain(self.certificate, self.private_key, password="")
        except OSError as error:
            what = f"a certificate with {self.private_key} as its key, not encrypted"
            raise _unusable(self.certificate, what, error) from error


def _unusable(path: Path | None, what: str, error: OSError) -> InvalidCredentialsError:
    # Errors of TLS are OSErrors too; what they say is for those who know its library.
    why = "" if isinstance(error, ssl.SSLError) else f": {error.strerror}"
    return InvalidCredentialsError(f"{path} cannot be used{why}; give a PEM file with {what}")


def _system_authorities() -> bytes | None:
    """The authorities that this machine trusts; None, which leaves it to grpc, where they are not in one file."""
    paths = ssl.get_default_verify_paths()
    folder = [] if paths.capath is None else [Path(paths.capath) / name for name in _BUNDLES]
    files = [*([] if paths.cafile is None else [Path(paths.cafile)]), *folder]
    return next((file.read_bytes() for file in files if file.is_file()), None)
