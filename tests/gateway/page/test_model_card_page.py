import runpy
from pathlib import Path

from playwright.sync_api import Browser

from ecg_gateway.page.assets import assets
from ecg_testing.browsing import PHONE, opened, overflow

ROOT = Path(__file__).resolve().parents[3]


def test_the_committed_page_is_what_the_committed_card_says() -> None:
    """`make model-card` was run after the last change of the card."""
    card = (ROOT / "docs" / "model-card.md").read_text("utf-8")
    made = runpy.run_path(str(ROOT / "scripts" / "model_card_page.py"))["page_of"](card)
    assert assets()["model-card.html"].content.decode() == made


def test_the_card_fits_a_phone(chromium: Browser, url: str) -> None:
    """Its tables scroll by themselves; nothing of it is forbidden by the policy of the page."""
    with opened(chromium, url, **PHONE) as page:
        page.goto(f"{url}/page/model-card.html")
        assert page.locator("table").count() > 10
        assert overflow(page) == 0
