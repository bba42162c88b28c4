from collections.abc import Callable
from pathlib import Path

import pytest

from ecg_testing.fake_service import FakeService

Ecg = Callable[..., tuple[int, str, str]]
TOKEN = "not-to-be-seen"  # noqa: S105 - it opens nothing


@pytest.mark.parametrize(
    "arguments", [["summary"], ["health"], ["stream", "--synthetic", "2"], ["check", "{npz}"], ["predict", "{npz}"]]
)
def test_every_command_takes_a_token_from_a_file(
    ecg: Ecg, service: FakeService, npz: Path, tmp_path: Path, arguments: list[str]
) -> None:
    """With the line end that files have."""
    service.token = TOKEN
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    code, out, err = ecg(*(argument.format(npz=npz) for argument in arguments), "--token-file", file)
    assert code == 0
    assert TOKEN not in out + err


def test_a_token_may_be_in_the_environment(ecg: Ecg, service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one is asked for and none is given, the message says how to."""
    service.token = TOKEN
    code, _, err = ecg("summary")
    assert code == 3
    assert err.endswith(
        "; give a token with --token-file or ECG_TOKEN, or a client certificate with --cert and --key\n"
    )
    monkeypatch.setenv("ECG_TOKEN", TOKEN)
    assert ecg("summary")[0] == 0


def test_a_token_in_plain_text_to_another_machine_is_a_usage_error(ecg: Ecg, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not sent, and not shown."""
    monkeypatch.setenv("ECG_TOKEN", TOKEN)
    code, _, err = ecg("health", "--address", "ecg.example.org:443")
    assert (code, TOKEN in err) == (2, False)
    assert "--tls" in err


@pytest.mark.parametrize("option", ["--ca", "--token-file"])
def test_a_file_that_is_not_there_is_a_usage_error(ecg: Ecg, tmp_path: Path, option: str) -> None:
    """One line that names it."""
    code, _, err = ecg("health", option, tmp_path / "gone")
    assert code == 2
    assert str(tmp_path / "gone") in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("option", [["--tls"], ["--server-name", "localhost"]])
def test_tls_is_implied_by_what_it_needs(ecg: Ecg, option: list[str]) -> None:
    """A service without it cannot be called so."""
    code, _, err = ecg("health", *option)
    assert code == 3
    assert "handshake failed" in err
    assert err.endswith("; it speaks no TLS: give --no-tls\n")
    assert ecg("health", *option, "--no-tls")[0] == 0


def test_a_model_is_asked_by_its_label_or_version(ecg: Ecg, npz: Path) -> None:
    """And the summary lists those there are."""
    _, out, _ = ecg("predict", npz, "--model-version", "canary")
    assert "(model fake 1.1.0, " in out
    _, out, _ = ecg("summary")
    assert "\nServed as      stable: fake 1.0.0\nServed as      canary, next: fake 1.1.0\n" in out
    assert "\nCalls          at most 60 s without a deadline\n" in out
    assert "\nModel          fake 1.1.0\n" in ecg("summary", "--model-version", "1.1.0")[1]
    for arguments in (["stream", "--synthetic", "1"], ["check", npz], ["summary"]):
        code, _, err = ecg(*arguments, "--model-version", "0.9")
        assert code == 3
        assert "it has 1.0.0, 1.1.0" in err
