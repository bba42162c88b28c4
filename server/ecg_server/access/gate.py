"""Who calls, and whether they may."""

import logging
from collections.abc import Iterable, Mapping, Sequence

from ecg_server.access.errors import CertificateError
from ecg_server.access.tokens import TokenFile
from ecg_server.errors import NotAllowedError, UnauthenticatedError
from ecg_server.settings import AccessSettings

# A certificate's names as gRPC gives them, in the order in which they are looked at.
_NAME_PROPERTIES = ("x509_subject_alternative_name", "x509_common_name")


logger = logging.getLogger(__name__)


class Gate:
    """Lets callers in that show what the settings ask for: a token, a certificate, both, or nothing.

    Raises:
        AccessError: the token file cannot be used, or clients are named that no authority vouches for.
    """

    def __init__(self, settings: AccessSettings) -> None:
        self._tokens = None if settings.tokens is None else TokenFile(settings.tokens)
        tls = settings.tls
        self._asks_for_certificate = tls is not None and tls.client_authority is not None
        self._client_names = frozenset[str]() if tls is None else tls.client_names
        if tls is not None and self._client_names and not self._asks_for_certificate:
            raise CertificateError(tls.certificate, "client names are given, but no authority that vouches for clients")

    def caller_of(
        self,
        metadata: Iterable[tuple[str, str | bytes]],
        auth_context: Mapping[str, Sequence[bytes]],
        peer: str,
    ) -> str:
        """Return the caller's name: its token's, else its certificate's, else the peer.

        Args:
            metadata: of the call.
            auth_context: what gRPC verified of the connection.
            peer: the address that the call comes from, without the port if one machine is to be one caller.

        Raises:
            UnauthenticatedError: what the caller shows is missing or wrong. It never says which part of it.
            NotAllowedError: certificates are all that is asked for, and this one's names are not among those that
                may call. Where a token is asked for as well this is an UnauthenticatedError like any other.
        """
        names = []
        # Both are looked at whatever the first shows: not even the time it takes tells which of them was wrong.
        if self._tokens is not None:
            names.append(self._tokens.name_of(_bearer_token(metadata)))
        if self._asks_for_certificate:
            names.append(_certificate_name(auth_context, self._client_names))
        if all(names):
            return names[0] if names else peer
        if self._tokens is not None:
            raise UnauthenticatedError
        shown = ", ".join(map(repr, _certificate_names(auth_context)))
        logger.warning("%s is not let in: its certificate's names are %s", peer, shown)
        raise NotAllowedError


def _bearer_token(metadata: Iterable[tuple[str, str | bytes]]) -> str:
    """Return the call's bearer token; empty, which is nobody's: it has none, or more than one header."""
    headers = [value for key, value in metadata if key == "authorization"]
    if len(headers) != 1 or not isinstance(headers[0], str):
        return ""
    scheme, _, token = headers[0].partition(" ")
    return token if scheme.lower() == "bearer" else ""


def _certificate_name(auth_context: Mapping[str, Sequence[bytes]], allowed: frozenset[str]) -> str:
    """Return the first of a certificate's names that may call; empty: none."""
    names = _certificate_names(auth_context)
    return next((name for name in names if name and (not allowed or name in allowed)), "")


def _certificate_names(auth_context: Mapping[str, Sequence[bytes]]) -> list[str]:
    return [_text(name) for key in _NAME_PROPERTIES for name in auth_context.get(key, ())]


def _text(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return ""
