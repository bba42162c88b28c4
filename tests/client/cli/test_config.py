import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ecg_testing.fake_service import FakeService

Ecg = Callable[..., tuple[int, str, str]]
NOWHERE = "127.0.0.1:1"
TOKEN = "not-to-be-seen"  # noqa: S105 - it opens nothing


@pytest.fixture
def config(tmp_path: Path, address: str, ecg: Ecg, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - after it
    """A config file that says where the fake service is; no variable does."""
    monkeypatch.delenv("ECG_ADDRESS")
    path = tmp_path / "config.toml"
    path.write_text(f'address = "{address}"\n')
    return path


def test_the_file_says_what_nothing_else_does(ecg: Ecg, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag counts for more than a variable, that for more than the file, and that for more than the default."""
    assert ecg("health", "--config", config)[:2] == (0, "SERVING\n")
    monkeypatch.setenv("ECG_ADDRESS", NOWHERE)
    code, _, err = ecg("health", "--config", config)
    assert (code, NOWHERE in err) == (3, True)
    monkeypatch.setenv("ECG_ADDRESS", json.loads(config.read_text().partition(" = ")[2]))
    config.write_text(f'address = "{NOWHERE}"\n')
    assert ecg("health", "--config", config)[0] == 0
    assert ecg("health", "--config", config, "--address", NOWHERE)[0] == 3


def test_the_file_is_found_in_the_usual_place_or_by_its_variable(
    ecg: Ecg, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first need not be there; what a variable names must."""
    monkeypatch.setenv("ECG_CONFIG", str(config))
    assert ecg("health")[0] == 0
    usual = Path(os.environ["XDG_CONFIG_HOME"], "ecg", "config.toml")
    usual.parent.mkdir()
    config.rename(usual)
    code, _, err = ecg("health")
    assert code == 2
    assert err == (
        f"ecg: {config}: cannot be read: No such file or directory; "
        "see that it is a file that you may read, or give another with --config or ECG_CONFIG\n"
    )
    monkeypatch.delenv("ECG_CONFIG")
    assert ecg("health")[0] == 0


def test_paths_begin_at_the_file(ecg: Ecg, config: Path, service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command runs; a token in the environment counts for more than one in a file that the file names."""
    service.token = TOKEN
    config.write_text(config.read_text() + 'token_file = "secret/token"\n')
    (config.parent / "secret").mkdir()
    (config.parent / "secret" / "token").write_text(f"{TOKEN}\n")
    monkeypatch.chdir(config.parent / "secret")
    assert ecg("summary", "--config", "../config.toml")[0] == 0
    monkeypatch.setenv("ECG_TOKEN", "another")
    assert ecg("summary", "--config", "../config.toml")[0] == 3
    assert ecg("summary", "--config", "../config.toml", "--token-file", "token")[0] == 0


def test_a_path_may_begin_at_home(ecg: Ecg, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As shells have it."""
    monkeypatch.setenv("HOME", str(config.parent / "home"))
    config.write_text(config.read_text() + 'ca = "~/ca.pem"\n')
    code, _, err = ecg("health", "--config", config)
    assert (code, str(config.parent / "home" / "ca.pem") in err) == (2, True)


def test_the_model_and_the_timeout_may_be_in_the_file(ecg: Ecg, config: Path, npz: Path, service: FakeService) -> None:
    """The timeout of a call; a stream lasts as long as it lasts."""
    config.write_text(config.read_text() + 'model_version = "canary"\ntimeout = 0.1\n')
    service.may_answer.clear()
    code, _, err = ecg("predict", npz, "--config", config)
    assert (code, "allow more with --timeout" in err) == (3, True)
    threading.Timer(0.5, service.may_answer.set).start()
    code, out, _ = ecg("stream", "--config", config, "--synthetic", 1, "--json")
    assert (code, json.loads(out)["prediction"]["model"]["version"]) == (0, "1.1.0")


def test_tls_of_the_file_can_be_left_out(ecg: Ecg, config: Path) -> None:
    """By the flag that says no."""
    config.write_text(config.read_text() + "tls = true\n")
    assert ecg("health", "--config", config)[0] == 3
    assert ecg("health", "--config", config, "--no-tls")[0] == 0


@pytest.mark.parametrize("line", ["tls = true", "ca = 'ca.pem'", "cert = 'a.pem'\nkey = 'a.key'", "server_name = 'a'"])
def test_no_tls_takes_back_all_that_implies_it(ecg: Ecg, config: Path, line: str) -> None:
    """Certificates that the file names are not even read; a no in the file itself takes nothing back."""
    config.write_text(f"{config.read_text()}{line}\n")
    assert ecg("health", "--config", config, "--no-tls")[0] == 0
    assert ecg("health", "--config", config)[0] != 0
    if "tls" not in line:
        config.write_text(f"tls = false\n{config.read_text()}")
        assert ecg("health", "--config", config)[0] != 0


def test_no_tls_takes_back_what_variables_say(ecg: Ecg, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is typed beside it."""
    monkeypatch.setenv("ECG_TLS", "1")
    monkeypatch.setenv("ECG_CA", "ca.pem")
    assert ecg("health", "--config", config)[0] != 0
    assert ecg("health", "--config", config, "--no-tls", "--server-name", "a")[0] == 0


def test_without_tls_no_token_leaves_this_machine(ecg: Ecg, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it was meant to go over TLS."""
    monkeypatch.setenv("ECG_TOKEN", TOKEN)
    config.write_text('address = "ecg.example.org:443"\nca = "ca.pem"\n')
    code, _, err = ecg("health", "--config", config, "--no-tls")
    assert (code, "plain text" in err, TOKEN in err) == (2, True, False)


def test_a_profile_stands_in_place_of_what_is_outside(ecg: Ecg, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So no token goes to a service that it is not for; in whatever order the flags are given."""
    config.write_text(f'address = "{NOWHERE}"\ntoken_file = "gone"\n\n[profile.ward-7]\n{config.read_text()}')
    assert ecg("health", "--profile", "ward-7", "--config", config)[0] == 0
    assert ecg("health", "--config", config, "--profile", "ward-7")[0] == 0
    assert ecg("health", "--config", config)[0] == 2
    code, _, err = ecg("health", "--config", config, "--profile", "ward-8")
    assert (code, err) == (2, f"ecg: {config}: there is no profile 'ward-8'; it has ward-7\n")
    monkeypatch.setenv("ECG_PROFILE", "ward-7")
    monkeypatch.setenv("ECG_CONFIG", str(config))
    assert ecg("health")[0] == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("timeout = 'ten'", 'timeout is "ten"; give seconds, a number from 0.001 up, without quotes'),
        ("timeout = 0", "timeout is 0; give seconds"),
        ("timeout = true", "timeout is true; give seconds"),
        ("timeout = inf", "timeout is Infinity; give seconds"),
        ("tls = 'yes'", 'tls is "yes"; give true or false, without quotes'),
        ("ca = ''", "ca is \"\"; give a file's path in quotes"),
        ("model_version = 1.1", "model_version is 1.1; give a label or version in quotes"),
        ("cert = 2026-01-01", 'cert is "2026-01-01"; give a file'),
        ("adress = 'a'", "adress is unknown; the keys are address, tls, ca, cert, key, server_name, token_file, "),
        ("profile = 'a'", "profile is no table of profiles; begin each with a line [profile.NAME]"),
        ("[profile]\naddress = 'a:1'", "profile is no table of profiles; begin each with a line [profile.NAME]"),
        ("[profile.a]\ntls = 1", "profile.a.tls is 1; give true or false, without quotes"),
        ("address = a:1", "is no TOML: Invalid value (at line 1, column 11); write lines such as address = "),
        ("address = '\udcff'", "is no UTF-8; save it as such"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_one_line(ecg: Ecg, config: Path, line: str, problem: str) -> None:
    """With the file, the key, the value and the remedy."""
    config.write_bytes(line.encode("utf-8", "surrogateescape"))
    code, out, err = ecg("health", "--config", config)
    assert (code, out) == (2, "")
    assert err.startswith(f"ecg: {config}: {problem}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "line", ["token = 'not-to-be-seen'", "[profile.a]\ntoken = 'not-to-be-seen'", "pin = 'not-to-be-seen'"]
)
def test_a_token_in_the_file_is_refused_and_not_shown(ecg: Ecg, config: Path, line: str) -> None:
    """Nor is the value of a key that nobody knows."""
    config.write_text(line)
    code, _, err = ecg("health", "--config", config)
    assert (code, TOKEN in err) == (2, False)
    assert 'token_file = "FILE"' in err or "pin is unknown" in err


def test_a_folder_is_no_config_file(ecg: Ecg, config: Path) -> None:
    """One line that says so."""
    code, _, err = ecg("health", "--config", config.parent)
    assert (code, err.startswith(f"ecg: {config.parent}: cannot be read: Is a directory; ")) == (2, True)


def test_help_needs_no_config_file(ecg: Ecg, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who broke it may still read how it is written."""
    config.write_text("[")
    monkeypatch.setenv("ECG_CONFIG", str(config))
    assert ecg("health", "--help")[0] == 0
    assert ecg("health")[0] == 2
