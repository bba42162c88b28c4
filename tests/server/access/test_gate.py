"""The gate alone: what it makes of what gRPC tells it of a call."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ecg_server.access.errors import AccessError
from ecg_server.access.gate import Gate
from ecg_server.access.tokens import new_token
from ecg_server.errors import NotAllowedError, UnauthenticatedError
from ecg_server.settings import AccessSettings, TlsSettings

PEER = "ipv4:192.0.2.7"
CERTIFICATE = {
    "transport_security_type": [b"ssl"],
    "x509_common_name": [b"Ward 7"],
    "x509_subject_alternative_name": [b"ward-7.hospital.example", b"192.0.2.7"],
}
Metadata = Sequence[tuple[str, str | bytes]]


def tls(*names: str) -> TlsSettings:
    """Return settings that ask for a client certificate. The gate reads none of the files: gRPC does."""
    return TlsSettings(
        certificate=Path("server.pem"),
        private_key=Path("server.key"),
        client_authority=Path("authority.pem"),
        client_names=frozenset(names),
    )


@pytest.fixture
def tokens(tmp_path: Path) -> tuple[str, Path]:
    """The token of "archive", and the file that has it."""
    token, line = new_token("archive")
    path = tmp_path / "tokens"
    path.write_text(line)
    path.chmod(0o600)
    return token, path


def test_nobody_has_to_show_anything_where_nothing_is_asked_for() -> None:
    """The caller is the peer, whatever it shows."""
    metadata = [("authorization", "Bearer x"), ("authorization", "Bearer y")]

    assert Gate(AccessSettings()).caller_of(metadata, CERTIFICATE, PEER) == PEER


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_names_its_caller(tokens: tuple[str, Path], scheme: str) -> None:
    """Other metadata, binary too, is no obstacle."""
    token, path = tokens
    gate = Gate(AccessSettings(tokens=path))

    assert gate.caller_of([("x-bin", b"\xff"), ("authorization", f"{scheme} {token}")], {}, PEER) == "archive"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("authorization", "")],
        [("authorization", "Bearer")],
        [("authorization", "Bearer ")],
        [("authorization", "TOKEN")],
        [("authorization", "Basic TOKEN")],
        [("authorization", "BearerTOKEN")],
        [("authorization", "Bearer  TOKEN")],
        [("authorization", "Bearer TOKEN ")],
        [("authorization", "Bearer TOKEN, Bearer TOKEN")],
        [("authorization", " Bearer TOKEN")],
        [("authorization", "Bearer\tTOKEN")],
        [("authorization", "Bearer TOKEN"), ("authorization", "Bearer TOKEN")],
        [("authorization", "Bearer wrong"), ("authorization", "Bearer TOKEN")],
        [("authorization", b"Bearer TOKEN")],
        [("authorization-bin", b"Bearer TOKEN")],
        [("proxy-authorization", "Bearer TOKEN")],
        [("authorization", "Bearer \udcff")],
    ],
)
def test_anything_but_one_header_with_one_token_is_refused(tokens: tuple[str, Path], headers: Metadata) -> None:
    """TOKEN stands for the right one."""
    token, path = tokens
    gate = Gate(AccessSettings(tokens=path))
    metadata = [
        (key, value.replace("TOKEN", token) if isinstance(value, str) else value.replace(b"TOKEN", token.encode()))
        for key, value in headers
    ]

    with pytest.raises(UnauthenticatedError):
        gate.caller_of(metadata, {}, PEER)


@pytest.mark.parametrize(
    ("names", "caller"),
    [
        ([], "ward-7.hospital.example"),
        (["192.0.2.7", "elsewhere"], "192.0.2.7"),
        (["Ward 7"], "Ward 7"),
        (["Ward 7", "ward-7.hospital.example"], "ward-7.hospital.example"),
    ],
)
def test_a_certificate_names_its_caller(names: list[str], caller: str) -> None:
    """Its first name that may call: the alternative names come before the common name."""
    assert Gate(AccessSettings(tls=tls(*names))).caller_of([], CERTIFICATE, PEER) == caller


@pytest.mark.parametrize("names", [["ward-8.hospital.example"], ["ward 7"], ["ward-7"], ["*.hospital.example"], [""]])
def test_a_certificate_without_a_name_that_may_call_is_refused(names: list[str]) -> None:
    """Names are the same letter for letter, or they are not the same."""
    with pytest.raises(NotAllowedError):
        Gate(AccessSettings(tls=tls(*names))).caller_of([], CERTIFICATE, PEER)


def test_a_name_that_is_no_text_is_passed_over() -> None:
    """The next is the caller's name then."""
    shown = {"x509_subject_alternative_name": [b"\xff", b""], "x509_common_name": [b"Ward 7"]}

    assert Gate(AccessSettings(tls=tls())).caller_of([], shown, PEER) == "Ward 7"


@pytest.mark.parametrize("shown", [{}, {"x509_common_name": [b""]}, {"x509_common_name": [b"\xff"]}])
def test_a_caller_whose_certificate_has_no_name_is_refused(shown: dict[str, list[bytes]]) -> None:
    """It could be neither limited nor written down; and it is refused whatever names may call."""
    for names in ([], [""], ["ward-7"]):
        with pytest.raises(NotAllowedError):
            Gate(AccessSettings(tls=tls(*names))).caller_of([], shown, PEER)


def test_where_both_are_asked_for_both_are_needed(tokens: tuple[str, Path]) -> None:
    """The caller has its token's name. Whichever of the two is wrong, the error is the same."""
    token, path = tokens
    gate = Gate(AccessSettings(tls=tls("Ward 7"), tokens=path))
    right, wrong = [("authorization", f"Bearer {token}")], [("authorization", "Bearer wrong")]
    stranger = {"x509_common_name": [b"Ward 8"]}

    assert gate.caller_of(right, CERTIFICATE, PEER) == "archive"
    texts = set()
    for metadata, shown in [(wrong, CERTIFICATE), (right, stranger), (wrong, stranger), ([], CERTIFICATE), (right, {})]:
        with pytest.raises(UnauthenticatedError) as caught:
            gate.caller_of(metadata, shown, PEER)
        texts.add(str(caught.value))
    assert len(texts) == 1


def test_tls_alone_asks_callers_for_nothing() -> None:
    """The certificate is the server's."""
    plain = TlsSettings(certificate=Path("server.pem"), private_key=Path("server.key"))

    assert Gate(AccessSettings(tls=plain)).caller_of([], {"transport_security_type": [b"ssl"]}, PEER) == PEER


def test_client_names_without_an_authority_are_an_error() -> None:
    """Nobody would check them, and everybody could call."""
    named = TlsSettings(
        certificate=Path("server.pem"), private_key=Path("server.key"), client_names=frozenset({"ward-7"})
    )

    with pytest.raises(AccessError, match="client names are given, but no authority"):
        Gate(AccessSettings(tls=named))
