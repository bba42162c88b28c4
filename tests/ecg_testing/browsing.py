"""The page in a real browser."""

import base64
import mimetypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from ecg_testing.tools import tool

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}
DARK = {"color_scheme": "dark"}

_DROP = """
([files]) => {
  const transfer = new DataTransfer();
  for (const { name, type, content } of files) {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const drop = (kind) => document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true }));
  drop("dragenter");
  drop("drop");
}
"""


@contextmanager
def browser() -> Iterator[Browser]:
    """Run Debian's Chromium; playwright's own browsers are downloaded, and so are not there."""
    path = tool("chromium")
    with sync_playwright() as playwright:
        # As root, in a container, Chromium's own sandbox cannot be had.
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def opened(chromium: Browser, url: str, **options: Any) -> Iterator[Page]:
    """Open the page; it may write no error to the console, set no cookie, and ask nobody but the gateway."""
    context = chromium.new_context(**options)
    page = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    try:
        yield page
        # What a browser itself says of an answer other than 200 is no error of the page.
        errors = [error for error in errors if "Failed to load resource" not in error]
        assert not errors, errors
        foreign = [one for one in asked if not one.startswith((url, "blob:"))]
        assert not foreign, foreign
        assert not context.cookies(), "cookies"
    finally:
        context.close()


def drop(page: Page, paths: Sequence[Path]) -> None:
    """Drop files on the page, as a mouse does."""
    files = [
        {
            "name": path.name,
            "type": mimetypes.guess_type(path.name)[0] or "",
            "content": base64.b64encode(path.read_bytes()).decode(),
        }
        for path in paths
    ]
    page.evaluate(_DROP, [files])


def violations(page: Page) -> str:
    """Return what axe has against the page as it is, in words."""
    results = Axe().run(page)
    return str(results.generate_report()) if results.violations_count else ""


def probabilities(page: Page) -> dict[str, float]:
    """Return the probabilities that the bars stand for, once they are there."""
    page.wait_for_selector(".bars li")
    bars = page.locator(".bars li").all()
    return {bar.get_attribute("data-code") or "": float(bar.get_attribute("data-probability") or "nan") for bar in bars}


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width
