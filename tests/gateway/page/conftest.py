"""The page, in a browser that all tests of a module share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ecg_testing.browsing import browser, opened
from ecg_testing.ecg_files import made_up_microvolts
from ecg_testing.ecg_files.tables import write_csv


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; not for longer than a module, for it keeps others from running event loops of their own."""
    # A machine that is busy with other things is no defect.
    expect.set_options(timeout=30_000)
    with browser() as chromium:
        yield chromium


@pytest.fixture
def open_page(chromium: Browser) -> Callable[..., AbstractContextManager[Page]]:
    """Opens the page at a URL, with options of the browser."""
    return partial(opened, chromium)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """A file with a recording of ten seconds."""
    path = tmp_path / "made-up.csv"
    write_csv(path, made_up_microvolts())
    return path
