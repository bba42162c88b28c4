"""The page with many recordings."""

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from ecg_testing.browsing import probabilities
from ecg_testing.ecg_files.tables import write_csv

OpenPage = Callable[..., AbstractContextManager[Page]]
# Of each recording, the first sample of leads I, II, III, aVR, aVL and aVF in microvolts: the answer rests on these.
_FIRST = {
    "a": (900, 100, 200, 300, 400, 0),
    "b": (100, 800, 200, 300, 700, 0),
    "c": (200, 300, 400, 100, 0, 0),
    "d": (300, 600, 100, 200, 0, 1000),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with four recordings, one of them in a folder of its own, one that is damaged, and other things."""
    folder = tmp_path / "ward"
    (folder / "more").mkdir(parents=True)
    for name, first in _FIRST.items():
        signal = np.zeros((5000, 12), np.int16)
        signal[0, :6] = first
        write_csv(folder / ("more" if name == "d" else ".") / f"{name}.csv", signal)
    (folder / "cut.dcm").write_bytes(bytes(128) + b"DICM")
    (folder / "README.md").write_text("What is in here.")
    (folder / ".hidden.csv").write_text("I,II\n")
    return folder


def _names(page: Page) -> list[str]:
    return page.locator("#rows th").all_inner_texts()


def test_a_batch_is_sorted_filtered_and_opened(open_page: OpenPage, url: str, folder: Path) -> None:
    """A folder becomes a table, searched to the bottom; heads sort it, fields filter it, rows open the picture."""
    with open_page(url) as page:
        _run(page, folder)
        assert sorted(_names(page)) == ["a", "b", "c", "cut.dcm", "d"]
        page.get_by_role("button", name="MI").click()
        assert _names(page) == ["b", "d", "c", "a", "cut.dcm"]
        assert page.locator("#head [aria-sort]").get_attribute("aria-sort") == "descending"
        page.get_by_role("button", name="MI").click()
        assert _names(page) == ["a", "c", "d", "b", "cut.dcm"]
        page.get_by_role("button", name="Recording", exact=True).click()
        assert _names(page) == ["a", "b", "c", "cut.dcm", "d"]
        for choice, names in (
            ("Normal", ["a"]),
            ("Other findings", ["b"]),
            ("No finding", ["c"]),
            ("Abstained", ["d"]),
            ("Not classified", ["cut.dcm"]),
            ("All", ["a", "b", "c", "cut.dcm", "d"]),
        ):
            page.get_by_label("Which recordings").select_option(choice)
            assert _names(page) == names
        # Of what the service abstains from, no bar stands out.
        assert page.locator("#rows tr", has=page.locator(".p.finding")).locator("th").all_inner_texts() == ["a", "b"]
        page.get_by_label("Find").fill("more/")
        assert _names(page) == ["d"]
        expect(page.locator("#count")).to_have_text("1 of 5 shown")
        page.get_by_role("button", name="d", exact=True).click()
        assert probabilities(page) == pytest.approx({"NORM": 0.3, "MI": 0.6, "STTC": 0.1, "CD": 0.2, "HYP": 0.0})
        expect(page.locator("#findings")).to_contain_text("Abstained: the service does not stand by these findings.")
        page.get_by_role("button", name="Back to the table").click()
        assert _names(page) == ["d"]


def test_a_batch_is_saved_with_the_columns_of_the_command_line(open_page: OpenPage, url: str, folder: Path) -> None:
    """The file has what `ecg stream --output` writes of the same recordings, and a formula is text in it."""
    (folder / "a.csv").rename(folder / "=a.csv")
    with open_page(url) as page:
        _run(page, folder)
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as CSV").click()
        text = Path(download.value.path()).read_text()
    rows = {row["recording_id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert sorted(rows) == ["'=a", "b", "c", "cut.dcm", "d"]
    b = rows["b"]
    assert b["path"] == "ward/b.csv"
    assert b["findings"] == "MI|HYP"
    assert float(b["MI_probability"]) == pytest.approx(0.8)
    assert (b["MI_is_positive"], b["NORM_is_positive"], b["MI_threshold"]) == ("true", "false", "0.5")
    assert (b["uncertainty"], b["is_abstained"], b["warnings"]) == ("0.25", "false", "METADATA_IMPUTED")
    assert rows["d"]["abstentions"] == "UNCERTAIN|UNFAMILIAR:AVF"
    assert (b["operating_point"], b["model_name"], b["model_version"]) == ("half", "fake", "1.0.0")
    assert "DICOM" in rows["cut.dcm"]["message"]


def test_a_file_with_many_recordings_is_a_batch(open_page: OpenPage, url: str, tmp_path: Path) -> None:
    """The recordings of an .npz are rows, called after their file, and each opens as itself."""
    signals = np.zeros((3, 1000, 12), np.float32)
    signals[:, 0, 0] = (0.25, 0.5, 0.75)
    np.savez(tmp_path / "data.npz", X_test=np.zeros((3, 7)), Y_test=signals)
    with open_page(url) as page:
        page.set_input_files("#files", tmp_path / "data.npz")
        expect(page.locator("#batch-state")).to_contain_text("3 recordings done")
        page.get_by_role("button", name="data.npz · 2").click()
        assert probabilities(page)["NORM"] == 0.75


def test_what_is_too_many_for_a_page_is_said(open_page: OpenPage, url: str, tmp_path: Path) -> None:
    """The recordings of a file that were left out have a row, which is no other recording's."""
    np.savez(tmp_path / "data.npz", X_test=np.zeros((2, 7)), Y_test=np.zeros((2, 1000, 12), np.float32))
    files = {"file": ("data.npz", (tmp_path / "data.npz").read_bytes())}
    # Of so many that there is no room for all the page would be long in classifying the others.
    answer = httpx.post(f"{url}/v1/files:read", files=files, timeout=30).json() | {"left_out_count": 7}
    with open_page(url) as page:
        page.route("**/v1/files:read", lambda route: route.fulfill(json=answer))
        page.set_input_files("#files", tmp_path / "data.npz")
        expect(page.locator("#batch-state")).to_contain_text("3 recordings done")
        expect(page.locator("#rows .problem")).to_contain_text("7 more recordings are in this file")
        page.get_by_role("button", name="data.npz", exact=True).click()
        expect(page.locator("#problem-text")).to_contain_text("7 more recordings are in this file")


def test_a_file_that_has_gone_is_not_taken_for_a_service_that_is_away(
    open_page: OpenPage, url: str, tmp_path: Path
) -> None:
    """It is a row of its own in a batch, and others go on; opened again it says why there is no picture."""
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        write_csv(path, np.zeros((5000, 12), np.int16))
    with open_page(url) as page:
        page.set_input_files("#files", paths)
        expect(page.locator("#batch-state")).to_have_text("2 recordings done · 2 with no finding")
        paths[0].unlink()
        page.get_by_role("button", name="a", exact=True).click()
        expect(page.locator("#problem-text")).to_contain_text("a.csv cannot be read: it was changed, moved or locked")
        expect(page.locator("#away")).to_be_hidden()


def _run(page: Page, folder: Path) -> None:
    page.set_input_files("#folder", folder)
    expect(page.locator("#batch-state")).to_have_text(
        "5 recordings done · 1 normal · 1 with other findings · 1 with no finding · 1 abstained · 1 not classified · "
        "1 file passed over, no ECG"
    )
    expect(page.locator("#progress")).to_be_hidden()
