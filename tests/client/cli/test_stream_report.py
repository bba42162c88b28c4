from collections.abc import Callable
from pathlib import Path

from ecg_testing.fake_service import FakeService

Ecg = Callable[..., tuple[int, str, str]]


def test_stream_writes_a_page_about_the_batch(ecg: Ecg, npz: Path, tmp_path: Path) -> None:
    """Every recording is on it, those that cannot be read too; what is printed is what is printed without."""
    _, without, _ = ecg("stream", npz, tmp_path / "gone.hea")
    code, out, _ = ecg("stream", npz, tmp_path / "gone.hea", "--report", tmp_path / "r.html")
    assert (code, out) == (1, without)
    text = (tmp_path / "r.html").read_text("utf-8")
    assert text.count("<svg") == 40
    assert "<b>41</b> recordings" in text
    assert "<b>1</b> not classified" in text
    assert "gone.hea" in text
    assert "Cut short" not in text


def test_a_stream_that_breaks_off_leaves_a_page_that_says_so(
    ecg: Ecg, npz: Path, tmp_path: Path, service: FakeService
) -> None:
    """The exit code is that of the stream."""
    service.token = "another"  # noqa: S105 - nobody's
    code, _, _ = ecg("stream", npz, "--report", tmp_path / "r.html")
    assert code == 3
    assert "Cut short" in (tmp_path / "r.html").read_text("utf-8")


def test_a_page_that_cannot_be_written_is_told_before_anything_is_sent(
    ecg: Ecg, npz: Path, tmp_path: Path, service: FakeService
) -> None:
    """As a usage error, with the remedy."""
    code, out, err = ecg("stream", npz, "--report", tmp_path / "gone" / "r.html")
    assert (code, out, service.received_count) == (2, "", 0)
    assert "cannot be written: No such file or directory; give another" in " ".join(err.replace("│", " ").split())
