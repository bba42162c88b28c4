import re
from collections.abc import Callable
from pathlib import Path

import grpc
import numpy as np
import pytest

from ecg_testing.fake_service import FakeService

Ecg = Callable[..., tuple[int, str, str]]


def _texts(svg: Path) -> list[str]:
    return re.findall("<!-- (.*) -->", svg.read_text())


def test_plot_draws_a_recording_with_what_the_service_says(
    ecg: Ecg, npz: Path, tmp_path: Path, service: FakeService
) -> None:
    """And prints where the picture is; of a file that holds several it says which one that is."""
    code, out, err = ecg("plot", npz, "--sample", 33, "--output", tmp_path / "a.svg")
    assert (code, out) == (0, f"{tmp_path / 'a.svg'}\n")
    assert err == "ecg: this is recording 33 of 40, counted from 0; --sample N draws another\n"
    texts = _texts(tmp_path / "a.svg")
    assert "Model fake 1.0.0 · operating point half · uncertainty 0.25" in texts
    assert texts[texts.index("NORM") + 2] == "0.940"
    assert service.calls == 1


def test_plot_says_that_the_service_abstains(ecg: Ecg, npz: Path, tmp_path: Path) -> None:
    """On the page, above the reasons."""
    ecg("plot", npz, "--sample", 1, "-o", tmp_path / "a.svg")
    texts = _texts(tmp_path / "a.svg")
    banner = texts.index("ABSTAINED: the service does not stand by these findings")
    assert texts[banner + 1].startswith("the network is unsure")
    assert "finding" not in texts


def test_plot_without_a_prediction_asks_no_service(
    ecg: Ecg, tmp_path: Path, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless told otherwise, the picture is a PNG beside which the user stands, named after the file."""
    np.savez(tmp_path / "one.npz", Y_test=np.zeros((1, 1000, 12)), X_test=np.zeros((1, 7)))
    monkeypatch.chdir(tmp_path)
    code, out, err = ecg("plot", tmp_path / "one.npz", "--no-predict", "--layout", "12x1", "--dpi", 60)
    assert (code, out, err, service.calls) == (0, "one.png\n", "", 0)
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


def test_plot_of_a_refused_recording_is_drawn_with_the_reason(
    ecg: Ecg, npz: Path, tmp_path: Path, service: FakeService
) -> None:
    """The picture may well show what is wrong with it; the exit code says that something is."""
    service.failures.append(grpc.StatusCode.INVALID_ARGUMENT)
    code, out, err = ecg("plot", npz, "--output", tmp_path / "a.svg")
    assert (code, out) == (1, f"{tmp_path / 'a.svg'}\n")
    assert "ecg: not classified: as the test wants it\n" in err
    assert {"Not classified", "as the test wants it"} <= set(_texts(tmp_path / "a.svg"))


def test_plot_without_a_service_tells_how_to_do_without(
    ecg: Ecg, npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No picture is left behind."""
    monkeypatch.setenv("ECG_ADDRESS", "127.0.0.1:1")
    code, out, err = ecg("plot", npz, "--output", tmp_path / "a.svg", "--timeout", 2)
    assert (code, out) == (3, "")
    assert "--no-predict draws the recording without asking" in err
    assert not (tmp_path / "a.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--output", "a.gif"], ".svg, .png or .pdf"),
        (["--output", "gone/a.svg"], "there is no folder gone; make it"),
        (["--output", "folder.svg"], "cannot be written: Is a directory; give another"),
        (["--from", "10"], "lasts 10 s; give less"),
        (["--sample", "40"], "holds 40 recording(s), counted from 0"),
        (["--synthetic", "1"], "give a file, or --synthetic N"),
    ],
)
def test_plot_says_what_to_give_in_place_of_what_is_wrong(  # noqa: PLR0913, PLR0917 - fixtures
    ecg: Ecg, npz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], remedy: str
) -> None:
    """As a usage error."""
    (tmp_path / "folder.svg").mkdir()
    monkeypatch.chdir(tmp_path)
    code, out, err = ecg("plot", npz, *arguments)
    assert (code, out) == (2, "")
    assert remedy in " ".join(err.replace("│", " ").split())
