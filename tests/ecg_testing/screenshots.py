"""Pictures of the page for the documents: `python -m ecg_testing.screenshots FOLDER` takes them anew."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from ecg_client.formats.synthetic import generate_recording
from ecg_testing.browsing import DARK, PHONE, browser, opened, probabilities
from ecg_testing.ecg_files.tables import write_csv
from ecg_testing.gateways import gateway
from ecg_testing.processes import ServerProcess

_DESKTOP = {"viewport": {"width": 1440, "height": 940}}
_LAPTOP = {"viewport": {"width": 1280, "height": 1000}}
_BATCH = 24
_RHYTHMS = (0, 1, 2, 4)
_GREATEST_BYTES = 250_000


def _findings(page: Page) -> None:
    """A recording with findings, and what speaks for one of them."""
    _sample(page, "wide-qrs")
    page.get_by_label("Why?").select_option("CD")
    expect(page.locator("#why-key")).to_be_visible()


def _warnings(page: Page) -> None:
    """A poor signal, in the dark, with calipers."""
    _sample(page, "poor-signal")
    page.get_by_role("button", name="Calipers").click()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowUp")


def _long(page: Page) -> None:
    """A long recording where its rhythm changes."""
    _sample(page, "long")
    page.get_by_label("Where the paper begins").fill("33")
    page.evaluate("scrollTo(0, 0)")


def _phone(page: Page) -> None:
    """A recording on a phone."""
    _sample(page, "tall-r")


def _batch(page: Page) -> None:
    """Many recordings, sorted."""
    with tempfile.TemporaryDirectory() as scratch:
        for index in range(_BATCH):
            recording = generate_recording(_RHYTHMS[index % len(_RHYTHMS)] + 5 * index, sample_rate_hz=500.0)
            write_csv(Path(scratch) / f"bed-{index + 1:02}.csv", recording.signal)
        (Path(scratch) / "scan.csv").write_bytes(b"\xff\xd8\xff")
        page.set_input_files("#folder", scratch)
        expect(page.locator("#batch-state")).to_contain_text(f"{_BATCH + 1} recordings done")
        expect(page.locator("#progress")).to_be_hidden()
    page.get_by_role("button", name="CD", exact=True).click()


def _sample(page: Page, name: str) -> None:
    page.click(f"[data-sample={name}]")
    probabilities(page)


PICTURES: Mapping[str, tuple[Callable[[Page], None], dict[str, Any]]] = {
    "page-findings": (_findings, _DESKTOP),
    "page-dark": (_warnings, {**_LAPTOP, **DARK}),
    "page-long": (_long, {"viewport": {"width": 1280, "height": 1120}}),
    "page-phone": (_phone, {**PHONE, "viewport": {"width": 390, "height": 1100}}),
    "page-batch": (_batch, {"viewport": {"width": 1280, "height": 800}}),
}
"""What each shows, and in what browser."""


def take(chromium: Browser, url: str, name: str, folder: Path) -> None:
    """Take a picture.

    Raises:
        ValueError: It is too large for a repository.
    """
    arrange, options = PICTURES[name]
    path = folder / f"{name}.png"
    with opened(chromium, url, **options) as page:
        arrange(page)
        page.mouse.move(0, 0)
        page.screenshot(path=path)
    with Image.open(path) as picture:
        # Of colours that lie far apart, for the small areas matter: a shade, a line.
        few = picture.convert("RGB").quantize(method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    if path.stat().st_size > _GREATEST_BYTES:
        raise ValueError(f"{path} has {path.stat().st_size} bytes; show less in it")


if __name__ == "__main__":
    expect.set_options(timeout=60_000)
    with ServerProcess() as server, gateway(server.address) as base, browser() as driven:
        for picture_name in PICTURES:
            take(driven, base, picture_name, Path(sys.argv[1]))
