"""The page while the service is away, wants to know who calls, or explains."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from ecg_testing.browsing import probabilities
from ecg_testing.ecg_files.tables import write_csv
from ecg_testing.fake_service import FakeService
from ecg_testing.gateways import gateway, serving_blocking
from ecg_testing.ports import lasting_port

OpenPage = Callable[..., AbstractContextManager[Page]]


def test_a_service_that_is_away_is_said_and_comes_back_by_itself(open_page: OpenPage) -> None:
    """A file dropped meanwhile is drawn, and its findings come with the service, without a click."""
    port = lasting_port()
    with gateway(f"127.0.0.1:{port}") as url, open_page(url) as page:
        expect(page.locator("#away")).to_be_visible()
        page.click("[data-sample=normal]")
        expect(page.locator("#findings")).to_have_text(
            "The service is away. What the model says comes when it is back."
        )
        expect(page.locator("#paper .trace[data-lead]")).to_have_count(13)
        with serving_blocking(FakeService(), port):
            assert len(probabilities(page)) == 5
            expect(page.locator("#away")).to_be_hidden()
            expect(page.locator("#origin")).to_have_text("fake 1.0.0")
        page.get_by_role("button", name="Predict again").click()
        expect(page.locator("#away")).to_be_visible()


def test_an_answer_that_takes_too_long_is_no_service_that_is_away(
    open_page: OpenPage, service: FakeService, service_address: str
) -> None:
    """It is said, and not asked for again and again."""
    with gateway(service_address, timeout_seconds=0.5) as url, open_page(url) as page:
        service.may_answer.clear()
        page.click("[data-sample=normal]")
        expect(page.locator("#findings")).to_contain_text("Not classified. No answer came in time")
        expect(page.locator("#away")).to_be_hidden()
        service.may_answer.set()
        page.get_by_role("button", name="Predict again").click()
        assert len(probabilities(page)) == 5


@pytest.fixture
def guarded_url() -> Iterator[str]:
    """A gateway before a service that wants a token."""
    service = FakeService()
    service.token = "open-sesame"  # noqa: S105 - nobody's
    with serving_blocking(service) as address, gateway(address) as url:
        yield url


def test_a_token_is_asked_for_and_passed_on(open_page: OpenPage, guarded_url: str) -> None:
    """A service that wants a token gets the one that is typed, and it is kept nowhere."""
    with open_page(guarded_url) as page:
        page.get_by_label("Token").fill("open-sesame")
        page.get_by_role("button", name="Go on").click()
        expect(page.locator("#origin")).to_have_text("fake 1.0.0")
        page.click("[data-sample=normal]")
        assert len(probabilities(page)) == 5
        assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0


def test_where_there_is_no_reason_none_is_shaded(open_page: OpenPage, url: str, tmp_path: Path) -> None:
    """What makes no difference that figures show is told as nothing, and there is no key to shades."""
    signal = np.zeros((5000, 12), np.int16)
    signal[0, 0] = 4
    write_csv(tmp_path / "flat.csv", signal)
    with open_page(url) as page:
        page.set_input_files("#files", tmp_path / "flat.csv")
        probabilities(page)
        page.get_by_label("Why?").select_option("MI")
        expect(page.locator("#why-text")).to_have_text("Nothing by itself makes a difference of 0.01 to MI.")
        expect(page.locator("#why-key")).to_be_hidden()
        expect(page.locator(".shade")).to_have_count(0)


def test_the_reason_why_is_shaded_and_told(open_page: OpenPage, url: str, tmp_path: Path) -> None:
    """Half seconds are shaded by what they do to the chosen class, on the leads they are of, and the leads ranked."""
    signal = np.zeros((5000, 12), np.int16)
    # Half second k of lead I speaks for a class by 0.64 k / 128, and of II half as much against it.
    signal[0, :2] = (640, -320)
    write_csv(tmp_path / "two.csv", signal)
    with open_page(url) as page:
        page.set_input_files("#files", tmp_path / "two.csv")
        probabilities(page)
        expect(page.locator(".shade")).to_have_count(0)
        page.get_by_label("Why?").select_option("MI")
        told = "What each does to the probability of MI: I +0.64, II \N{MINUS SIGN}0.32."
        expect(page.locator("#why-text")).to_have_text(told)
        expect(page.locator("#why-deepest")).to_have_text("0.10")
        # The columns have five half seconds, the first of which does nothing; the greatest of all is the twentieth.
        speaking = page.locator("[data-shade=I] .shade.for")
        expect(speaking).to_have_count(4)
        opacity = float(speaking.nth(3).get_attribute("fill-opacity") or "nan")
        assert opacity == pytest.approx(0.7 * 4 / 19, abs=0.001)
        expect(page.locator("[data-shade=II] .shade.against").first).to_be_attached()
        expect(page.locator("[data-shade=V1] .shade")).to_have_count(0)
        page.get_by_label("Why?").select_option("do not explain")
        expect(page.locator(".shade")).to_have_count(0)
