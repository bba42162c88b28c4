"""Where the server may listen in plain text."""

from pathlib import Path

import pytest

from ecg_server.access.errors import ExposureError
from ecg_server.access.exposure import check_exposure, exposure_notice
from ecg_server.settings import AccessSettings, TlsSettings

PLAIN = AccessSettings()
TOKENS = AccessSettings(tokens=Path("tokens"))
TLS = AccessSettings(tls=TlsSettings(certificate=Path("server.pem"), private_key=Path("server.key")))
OF_THIS_MACHINE = ["127.0.0.1", "127.1.2.3", "::1", "localhost"]
OF_OTHERS_TOO = ["0.0.0.0", "::", "0", "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"]  # noqa: S104 - that is the point
NOBODY_KNOWS = ["no-such-host.invalid", "", "a" * 64 + ".example", "nul\0"]


@pytest.mark.parametrize("host", OF_THIS_MACHINE)
@pytest.mark.parametrize("access", [PLAIN, TOKENS])
def test_plain_text_may_stay_on_this_machine(host: str, access: AccessSettings) -> None:
    """On a loopback address, without a word."""
    check_exposure(host, access)
    assert exposure_notice(host, access) is None


@pytest.mark.parametrize("host", OF_OTHERS_TOO + NOBODY_KNOWS)
@pytest.mark.parametrize("access", [PLAIN, TOKENS])
def test_plain_text_does_not_leave_the_machine_unasked(host: str, access: AccessSettings) -> None:
    """Nor does it when nobody knows what a name means. The error is one line with the remedy."""
    with pytest.raises(ExposureError) as caught:
        check_exposure(host, access)

    assert str(caught.value).startswith(f"will not listen on {host!r} without TLS: ")
    assert "give --tls-certificate and --tls-key, or --insecure" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("host", OF_OTHERS_TOO)
def test_plain_text_leaves_the_machine_when_told_so_and_is_noted(host: str) -> None:
    """The notice is one line, and tells of tokens where there are any."""
    for tokens, what in ((None, "recordings travel"), (Path("tokens"), "recordings and bearer tokens travel")):
        access = AccessSettings(tokens=tokens, is_insecure=True)
        check_exposure(host, access)
        notice = exposure_notice(host, access)
        assert notice is not None
        assert notice.startswith(f"INSECURE: {what} to and from {host} in plain text")
        assert "\n" not in notice


@pytest.mark.parametrize("host", OF_THIS_MACHINE + OF_OTHERS_TOO)
def test_with_tls_it_may_listen_anywhere(host: str) -> None:
    """There is no plain text to speak of."""
    check_exposure(host, TLS)
    assert exposure_notice(host, TLS) is None
