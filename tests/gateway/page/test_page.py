"""The page, as somebody at the desk uses it."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from ecg_client import EcgClient, PatientMetadata, Recording, Sex
from ecg_client.formats.sources import open_recordings
from ecg_gateway.page.assets import assets
from ecg_testing.browsing import DARK, PHONE, drop, overflow, probabilities, violations
from ecg_testing.ecg_files import made_up_microvolts
from ecg_testing.ecg_files.tables import write_csv, write_npy
from ecg_testing.ecg_files.wfdb_files import FILES as WFDB_FILES
from ecg_testing.processes import ServerProcess

OpenPage = Callable[..., AbstractContextManager[Page]]
_PIXELS_PER_MM = 96 / 25.4


def _expected(address: str, path: Path, metadata: PatientMetadata | None = None) -> dict[str, float]:
    """What the Python client is answered of a file."""
    (recording,) = open_recordings([path])
    assert isinstance(recording, Recording)
    if metadata is not None:
        recording = Recording(
            recording.signal,
            recording.sample_rate_hz,
            recording.lead_names,
            metadata,
            microvolts_per_unit=recording.microvolts_per_unit,
        )
    with EcgClient(address) as client:
        return {entry.code: entry.probability for entry in client.predict(recording).classes}


def test_a_dropped_file_shows_what_the_python_client_is_answered(
    open_page: OpenPage, default_url: str, default_server: ServerProcess, csv: Path
) -> None:
    """The bars stand for the probabilities that the same file gets through the Python client; the leads are drawn."""
    with open_page(default_url) as page:
        drop(page, [csv])
        shown = probabilities(page)
        assert shown == pytest.approx(_expected(default_server.address, csv), abs=1e-6)
        assert list(shown) == ["NORM", "MI", "STTC", "CD", "HYP"]
        expect(page.locator("#title")).to_have_text("made-up")
        expect(page.locator("#subtitle")).to_have_text("CSV/TSV · 500 Hz · 10 s · 12 leads")
        assert page.locator("#paper .trace[data-lead]").count() == 13
        assert page.locator(".bars .finding").count() >= 1


def test_metadata_is_told_and_asked_again(
    open_page: OpenPage, default_url: str, default_server: ServerProcess, csv: Path
) -> None:
    """What is typed of the patient goes with the recording; what is left empty is unknown."""
    told = PatientMetadata(age_years=85, sex=Sex.MALE, has_pacemaker=True)
    with open_page(default_url) as page:
        drop(page, [csv])
        before = probabilities(page)
        page.get_by_label("Age years").fill("85")
        page.get_by_label("Sex").select_option("male")
        page.get_by_label("Pacemaker").select_option("yes")
        with page.expect_response("**/v1/recordings:predict"):
            page.get_by_role("button", name="Predict again").click()
        expect(page.locator("#findings")).not_to_have_class(re.compile("pending"))
        after = probabilities(page)
    assert after == pytest.approx(_expected(default_server.address, csv, told), abs=1e-6)
    assert after != pytest.approx(before, abs=1e-3)


def test_what_stands_for_unknown_values_is_told_as_of_a_patient(
    open_page: OpenPage, default_url: str, csv: Path
) -> None:
    """Whole years, and in words what a mean of the two sexes is."""
    with open_page(default_url) as page:
        drop(page, [csv])
        probabilities(page)
        expect(page.locator("#notes li", has_text="Unknown")).to_have_text(
            "Unknown, so the network was given: age 60 years, sex between male and female (0.48), height 167 cm, "
            "weight 71 kg, pacemaker no."
        )


def test_an_answer_to_an_earlier_question_comes_too_late(open_page: OpenPage, url: str) -> None:
    """What the page shows is of the patient who is in the form, whichever answer is the last to come."""
    held: list[Route] = []
    with open_page(url) as page:
        page.click("[data-sample=normal]")
        probabilities(page)
        page.route("**/v1/recordings:predict", lambda route: held.append(route), times=1)  # noqa: PLW0108 - no bound method of a list will do
        page.get_by_label("Age years").fill("")
        page.get_by_role("button", name="Predict again").click()
        expect(page.locator("#findings")).to_have_class(re.compile("pending"))
        page.get_by_label("Age years").fill("50")
        page.get_by_role("button", name="Predict again").click()
        expect(page.locator("#findings")).not_to_have_class(re.compile("pending"))
        with page.expect_response("**/v1/recordings:predict") as late:
            held[0].continue_()
        late.value.finished()
        # Of an unknown age the fake service says that it was unknown.
        assert page.evaluate("new Promise((resolve) => setTimeout(resolve)).then(() => true)")
        expect(page.locator("#notes-part")).to_be_hidden()


def test_both_files_of_a_wfdb_record_are_one_recording(open_page: OpenPage, url: str, tmp_path: Path) -> None:
    """A header and its samples go together; the samples alone are told what they lack."""
    file = next(one for one in WFDB_FILES if one.name.endswith(".dat") or one.name.endswith(".hea"))
    file.write(tmp_path / file.name, made_up_microvolts())
    paths = sorted(tmp_path.iterdir())
    with open_page(url) as page:
        page.set_input_files("#files", paths)
        probabilities(page)
        expect(page.locator("#subtitle")).to_contain_text("WFDB")
        page.set_input_files("#files", [path for path in paths if path.suffix == ".dat"])
        expect(page.locator("#problem-text")).to_contain_text("Drop both of its files together")


def test_a_picture_is_called_a_picture(open_page: OpenPage, url: str, tmp_path: Path) -> None:
    """A file that is no ECG is told in words that a clinician understands."""
    path = tmp_path / "scan.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    with open_page(url) as page:
        drop(page, [path])
        expect(page.locator("#problem-text")).to_contain_text("This file is a JPEG picture, not an ECG.")
        expect(page.locator("#problem-file")).to_have_text("scan.jpg")


def test_what_a_file_does_not_say_is_asked(open_page: OpenPage, url: str, tmp_path: Path) -> None:
    """Of a bare array the page asks for rate and unit, and then reads it."""
    path = tmp_path / "bare.npy"
    write_npy(path, made_up_microvolts())
    with open_page(url) as page:
        drop(page, [path])
        page.get_by_label("Samples per second").fill("500")
        page.get_by_label("Unit of a sample").select_option("uV")
        page.get_by_role("button", name="Read again").click()
        assert len(probabilities(page)) == 5


def test_a_refused_recording_is_drawn_all_the_same(open_page: OpenPage, default_url: str, tmp_path: Path) -> None:
    """What the service refuses is shown with its reason, and the leads."""
    path = tmp_path / "short.csv"
    write_csv(path, made_up_microvolts(1.0))
    with open_page(default_url) as page:
        drop(page, [path])
        expect(page.locator("#findings")).to_contain_text("Not classified.")
        expect(page.locator("#findings")).to_contain_text("send recordings of 2.5 to 600 s")
        assert page.locator("#paper .trace[data-lead]").count() == 13


def test_warnings_stand_on_the_leads_they_concern(open_page: OpenPage, default_url: str) -> None:
    """A lead that is flat and masked says so, and is drawn as one that the network did not see."""
    with open_page(default_url) as page:
        page.click("[data-sample=poor-signal]")
        probabilities(page)
        expect(page.locator("#paper text.lead", has_text="V6")).to_contain_text("flat · masked")
        expect(page.locator("#paper text.lead", has_text="V3")).to_contain_text("noisy")
        assert page.locator("#paper .trace.masked").get_attribute("data-lead") == "V6"
        expect(page.locator("#notes")).to_contain_text("Lead V6 is flat")


@pytest.mark.parametrize("name", ["normal", "tachycardic", "wide-qrs", "tall-r", "long", "poor-signal"])
def test_every_sample_is_there(default_url: str, name: str) -> None:
    """Each sample that the page offers can be asked for, and has twelve leads."""
    assert f'data-sample="{name}"' in assets()["index.html"].content.decode()
    (read,) = httpx.get(f"{default_url}/page/samples/{name}").json()["recordings"]
    assert len(read["recording"]["packed_signal"]["lead_names"]) == 12


def test_the_calibration_pulse_is_ten_millimetres(open_page: OpenPage, url: str) -> None:
    """1 mV for 0.2 s is 10 by 5 mm at true scale, and as much more at zoom 2; a calibrated millimetre holds too."""
    with open_page(url) as page:
        page.click("[data-sample=normal]")
        probabilities(page)
        assert _size_mm(page.locator(".pulse").first) == pytest.approx((9, 10), abs=0.05)
        expect(page.locator("#scale")).to_contain_text("25 mm/s · 10 mm/mV · true scale")
        page.get_by_role("button", name="Zoom in").click(click_count=2)
        assert _size_mm(page.locator(".pulse").first) == pytest.approx((18, 20), abs=0.1)
        expect(page.locator("#scale")).to_contain_text("50 mm/s · 20 mm/mV · 200 %")
        page.locator("#zoom-true").click()
        page.get_by_role("button", name="Calibrate").click()
        page.locator("#card-width").fill("1.25")
        page.get_by_role("button", name="Keep").click()
        assert _size_mm(page.locator(".pulse").first) == pytest.approx((11.25, 12.5), abs=0.05)


def _size_mm(drawn: Locator) -> tuple[float, float]:
    """The size of what is drawn, its line left out, in the browser's millimetres."""
    size = drawn.evaluate(
        "node => { const { a, d } = node.getScreenCTM(); const { width, height } = node.getBBox();"
        " return [a * width, d * height]; }"
    )
    return size[0] / _PIXELS_PER_MM, size[1] / _PIXELS_PER_MM


@pytest.mark.parametrize(("layout", "strips"), [("3x4", 13), ("12x1", 12)])
def test_no_wave_leaves_the_paper(open_page: OpenPage, url: str, tmp_path: Path, layout: str, strips: int) -> None:
    """Of an R of 3 mV and an S of 3.2 mV in every lead the tips are drawn, and the grid's squares stay whole."""
    microvolts = np.zeros((5000, 12), np.int16)
    # Once in each column of the paper.
    for second in (0.5, 3.0, 5.5, 8.0):
        start = round(500 * second)
        microvolts[start : start + 20] = 3000
        microvolts[start + 20 : start + 40] = -3200
    write_csv(tmp_path / "tall.csv", microvolts)
    with open_page(url) as page:
        drop(page, [tmp_path / "tall.csv"])
        probabilities(page)
        page.locator(f"[name=layout][value='{layout}']").check(force=True)
        expect(page.locator("#paper .trace[data-lead]")).to_have_count(strips)
        *_, height = map(float, (page.locator("#paper").get_attribute("viewBox") or "").split())
        tops, feet = zip(*map(_reach_mm, page.locator("#paper .trace[data-lead]").all()), strict=True)
    # An R ends on the border of two squares, of which the upper one is there; an S 3 mm above the border of one.
    assert (min(tops), max(feet)) == (5, height - 3)
    assert height % 5 == 0


def _reach_mm(trace: Locator) -> tuple[float, float]:
    """How far down the paper a trace begins, and how far it ends."""
    top, height = trace.evaluate("node => { const { y, height } = node.getBBox(); return [y, height]; }")
    return top, top + height


@pytest.fixture
def pulses(tmp_path: Path) -> Path:
    """A recording of 0 mV, but for 1.5 mV in every lead from 0.4 to 0.5 s and from 1.2 to 1.3 s."""
    microvolts = np.zeros((5000, 12), np.int16)
    for second in (0.4, 1.2):
        microvolts[round(500 * second) : round(500 * (second + 0.1))] = 1500
    path = tmp_path / "pulses.csv"
    write_csv(path, microvolts)
    return path


def test_calipers_read_milliseconds_and_millivolts(open_page: OpenPage, url: str, pulses: Path) -> None:
    """Dragged from the foot of one pulse to the head of the next, they read the 0.8 s and 1.5 mV between them."""
    with open_page(url, viewport={"width": 1500, "height": 1000}) as page:
        drop(page, [pulses])
        probabilities(page)
        page.get_by_role("button", name="Calipers").click()
        page.keyboard.press("Escape")
        expect(page.locator("#measured")).to_be_empty()
        page.get_by_role("button", name="Calipers").click()
        left, right = _corner(page, 0.4, 0.0), _corner(page, 1.2, 1.5)
        page.mouse.move(*left)
        page.mouse.down()
        page.mouse.move(*right, steps=3)
        page.mouse.up()
        text = page.locator("#measured").inner_text()
    milliseconds, rate, millivolts = map(float, re.findall(r"[\d.]+", text))
    assert milliseconds == pytest.approx(800, abs=4)
    assert rate == pytest.approx(75, abs=1)
    assert millivolts == pytest.approx(1.5, abs=0.02)


def _corner(page: Page, second: float, millivolt: float) -> tuple[float, float]:
    """Where on the screen lead I has that voltage first at or after that second, as it is drawn."""
    x, y = page.locator("#paper .trace[data-lead=I]").evaluate(
        """(trace, [second, millivolt]) => {
            const points = trace.getAttribute("d").slice(1).split("L").map((pair) => pair.split(" ").map(Number));
            const [left, baseline] = points[0];
            const near = ([x, y]) => x >= left + 25 * second - 0.3 && Math.abs(baseline - 10 * millivolt - y) < 0.01;
            const [x] = points.find(near);
            const { a, d, e, f } = trace.getScreenCTM();
            return [a * (left + 25 * second) + e, d * (baseline - 10 * millivolt) + f];
        }""",
        [second, millivolt],
    )
    return x, y


def test_all_of_it_can_be_done_with_the_keyboard(open_page: OpenPage, url: str) -> None:
    """Without a mouse: a sample is opened, the paper zoomed, measured on, and laid out anew."""
    with open_page(url) as page:
        _press_until(page, "Tab", "[data-sample=normal]")
        page.keyboard.press("Enter")
        probabilities(page)
        _press_until(page, "Tab", "[name=layout]")
        page.keyboard.press("ArrowRight")
        expect(page.locator("#paper .trace[data-lead]")).to_have_count(12)
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#paper .trace[data-lead]")).to_have_count(13)
        _press_until(page, "Tab", "#scroller")
        page.keyboard.press("+")
        expect(page.locator("#scale")).to_contain_text("150 %")
        page.keyboard.press("0")
        expect(page.locator("#scale")).to_contain_text("true scale")
        page.keyboard.press("c")
        expect(page.locator("#measured")).to_have_text("Between the calipers: 1000 ms (60/min), 1.00 mV")
        for key in ("Shift+ArrowLeft", "ArrowLeft", "Tab", "Shift+ArrowUp", "ArrowRight"):
            page.keyboard.press(key)
        # 1.1 mm to the left, 1 mm up and 0.1 mm to the right.
        expect(page.locator("#measured")).to_have_text("Between the calipers: 1048 ms (57/min), 1.10 mV")
        page.keyboard.press("Escape")
        expect(page.locator("#measured")).to_be_empty()
        expect(page.locator("#scroller")).to_be_focused()


def _press_until(page: Page, key: str, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} has no focus after forty times {key}")


def test_a_long_recording_has_a_time_line(open_page: OpenPage, default_url: str) -> None:
    """Every window is there with its probabilities, and the paper goes wherever one wants to look."""
    with open_page(default_url) as page:
        page.click("[data-sample=long]")
        probabilities(page)
        expect(page.locator("#timeline .window")).to_have_count(14 * 5)
        expect(page.locator("#position-text")).to_contain_text("0 s to 10 s of 75 s. Window from 0 s: NORM 0.")
        page.get_by_role("button", name="Ten seconds later").click()
        expect(page.locator("#position-text")).to_contain_text("10 s to 20 s of 75 s. Window from 10 s")
        page.get_by_label("Where the paper begins").fill("65")
        expect(page.locator("#position-text")).to_contain_text("65 s to 75 s of 75 s. Window from 65 s")
        expect(page.get_by_role("button", name="Ten seconds later")).to_be_disabled()


def test_the_model_tells_of_itself(open_page: OpenPage, default_url: str) -> None:
    """Model, operating points and quality are a click away, and so is the card."""
    with open_page(default_url) as page:
        page.get_by_role("button", name=re.compile("Model")).click()
        card = page.get_by_role("dialog", name="The model")
        expect(card).to_contain_text("ensemble 1.1.0")
        expect(card).to_contain_text("f1 (in use)")
        expect(card).to_contain_text("Not a medical device")


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({}, ("start", "calipers", "time line", "batch", "model")),
        (DARK, ("calipers", "batch")),
        (PHONE, ("time line", "batch")),
    ],
    ids=["light", "dark", "phone"],
)
def test_the_page_is_accessible_and_fits(
    open_page: OpenPage, default_url: str, csv: Path, options: dict[str, Any], parts: Sequence[str]
) -> None:
    """Axe finds nothing in any part of the page, in light and dark; and no part is wider than a phone."""
    other = csv.with_name("scan.jpg")
    other.write_bytes(b"\xff\xd8\xff")
    found = {}
    with open_page(default_url, **options) as page:
        # In the dark all has the size that it has in the light.
        for part in parts if options == DARK else _PARTS:
            _PARTS[part](page, [csv, other])
            found[part] = overflow(page), violations(page) if part in parts else ""
    assert found == dict.fromkeys(found, (0, ""))


def _show_nothing(_: Page, __: Sequence[Path]) -> None:
    """As it opens."""


def _show_calipers(page: Page, _: Sequence[Path]) -> None:
    page.click("[data-sample=poor-signal]")
    probabilities(page)
    page.get_by_role("button", name="Calipers").click()


def _show_time_line(page: Page, _: Sequence[Path]) -> None:
    page.locator("#home").click()
    page.click("[data-sample=long]")
    probabilities(page)


def _show_batch(page: Page, files: Sequence[Path]) -> None:
    page.set_input_files("#files", files)
    expect(page.locator("#rows tr")).to_have_count(2)
    expect(page.locator("#progress")).to_be_hidden()


def _show_model(page: Page, _: Sequence[Path]) -> None:
    page.get_by_role("button", name=re.compile("^Model")).click()


_PARTS: Mapping[str, Callable[[Page, Sequence[Path]], None]] = {
    "start": _show_nothing,
    "calipers": _show_calipers,
    "time line": _show_time_line,
    "batch": _show_batch,
    "model": _show_model,
}


def test_the_first_picture_needs_few_bytes(default_url: str) -> None:
    """All files of the page, as they come over the wire, are less than 60 kB; and they are asked for again in vain."""
    total = 0
    with httpx.Client(base_url=default_url) as client:
        for name in assets():
            with client.stream("GET", f"/page/{name}") as response:
                assert response.status_code == 200
                total += sum(map(len, response.iter_raw()))
            tag = response.headers["etag"]
            assert client.get(f"/page/{name}", headers={"If-None-Match": tag}).status_code == 304
    assert total < 60_000


def test_nothing_but_the_page_itself_may_run(default_url: str) -> None:
    """The policy lets no script run that is not a file of the page, and the page has none in its markup."""
    response = httpx.get(default_url)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in response.headers
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", response.text) == []


def test_what_is_not_there_is_not_found(default_url: str) -> None:
    """Neither a file beside the page's own, nor a sample that nobody made."""
    for path in ("/page/nothing.js", "/page/..%2froutes.py", "/page/samples/nothing"):
        assert httpx.get(f"{default_url}{path}").status_code == 404
