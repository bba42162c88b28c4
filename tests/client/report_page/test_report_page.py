import base64
import contextlib
import dataclasses
import hashlib
import html.parser
import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from ecg_client import Recording, UnreadableFileError
from ecg_client.formats.synthetic import generate_recording
from ecg_client.outcomes import Outcome, Problem
from ecg_client.report import Report
from ecg_client.report_page import writing_page
from ecg_testing.pages import ABSTAINED, PREDICTION

_EVIL = "</td><script>alert(1)</script><img src=x onerror='alert(2)'>\"&amp;\u202e\x00"
_VOID = {"meta", "input", "br"}
# A table of two columns that is no browser's.
_TABLE = """
      const row = (...texts) => ({ textContent: texts.join(" "), cells: texts.map((textContent, column) => (
        { textContent, classList: { contains: (name) => name === "p" && column === 1 } })) });
      const body = { rows: [row("ecg 10", "0.2"), row("ecg 9", "0.9"), row("b", "\u2013")],
                     replaceChildren(fragment) { this.rows = fragment.rows; } };
      const head = () => { const clicks = [], attributes = {}; return { clicks, attributes,
        querySelector: () => ({ addEventListener: (_, click) => clicks.push(click) }),
        getAttribute: (name) => attributes[name] ?? null, removeAttribute: (name) => delete attributes[name],
        setAttribute: (name, value) => { attributes[name] = value; } }; };
      const heads = [head(), head()];
      const input = { value: "", addEventListener: (_, typed) => { input.typed = typed; } };
      const more = { addEventListener: (_, click) => { more.click = click; } };
      const events = {};
      globalThis.addEventListener = (name, happen) => { events[name] = happen; };
      const table = { tHead: { rows: [{ cells: heads }] }, tBodies: [body],
                      closest: () => ({ querySelector: (what) => (what === "input" ? input : more) }) };
      globalThis.document = { querySelectorAll: () => [table],
        createDocumentFragment: () => ({ rows: [], append(row) { this.rows.push(row); } }) };
"""


class _Page(html.parser.HTMLParser):
    """A page as a browser would read it: its elements, checked to be closed in order, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(path.read_text("utf-8"))
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def _write(path: Path, outcomes: Iterable[Outcome], recording: Recording | None = None) -> _Page:
    report = Report()
    told = list(outcomes)
    with writing_page(path, report) as page:
        items = list(page.sketched([recording or generate_recording(0)] * len(told)))
        assert len(items) == len(told)
        for outcome in page.written(told):
            report.add(outcome)
    return _Page(path)


def test_a_page_tells_of_the_batch_and_of_every_recording(tmp_path: Path) -> None:
    """Counts, findings, model, quality; a row with a trace for each that was classified, another for each other."""
    problem = Problem("UNREADABLE_FILE", "the header is empty or damaged")
    outcomes = [
        Outcome("first", PREDICTION, labels={"NORM": 0, "MI": 1}, remarks=("left out channel RESP",)),
        Outcome("gone.hea", problem=problem),
        Outcome("third", ABSTAINED),
    ]
    page = _write(tmp_path / "r.html", outcomes)
    text = " ".join(page.text.split())
    assert "3 recordings 2 classified 1 not classified 1 abstained" in text
    assert "MI Myocardial infarction 2 100.0 % threshold 0.250" in text
    assert "Model fake 1.0.0 · operating point half · SHA-256 000000000000 (2 recordings)" in text
    assert "noisy: 2" in text
    assert "2 gone.hea UNREADABLE_FILE: the header is empty or damaged" in text
    assert "1 first 0.030 0.875 0.310 MI 0.25 noisy V3 masked V3 labels: MI left out channel RESP" in text
    assert "3 third 0.030 0.875 0.310 MI abstained 0.25 the network is unsure" in text
    assert "Not a medical device." in text
    assert page.count("svg") == 2


def test_ids_are_text_and_nothing_else(tmp_path: Path) -> None:
    """Whatever a file is called, whatever a service says: in cells, heads, titles and attributes."""
    evil_class = dataclasses.replace(PREDICTION.classes[0], code=_EVIL, display_name=_EVIL)
    evil_warning = dataclasses.replace(PREDICTION.warnings[1], message=_EVIL)
    evil = dataclasses.replace(
        PREDICTION,
        classes=(evil_class,),
        warnings=(evil_warning,),
        model=dataclasses.replace(PREDICTION.model, name=_EVIL),
        abstentions=(dataclasses.replace(ABSTAINED.abstentions[0], message=_EVIL),),
    )
    outcomes = [
        Outcome(_EVIL, evil, labels={_EVIL: 1}, remarks=(_EVIL,)),
        Outcome(_EVIL, problem=Problem(_EVIL, _EVIL)),
        Outcome("\udcff not of this encoding", PREDICTION),
    ]
    page = _write(tmp_path / "r.html", outcomes)
    assert (page.count("script"), page.count("img")) == (1, 0)
    assert page.text.count("<script>alert(1)</script>") >= 8
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "\u202e" not in page.text
    assert "\x00" not in page.text


def test_a_page_needs_nothing_else_and_allows_nothing_else(tmp_path: Path) -> None:
    """No address is in it, and its policy lets its own script run, by its digest, and load nothing."""
    page = _write(tmp_path / "r.html", [Outcome("a", PREDICTION)])
    text = (tmp_path / "r.html").read_text("utf-8")
    assert not re.search(r"https?:|url\(|@import|\b(src|href)=", text)
    script = text.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policies = [attributes.get("content") for _, attributes in page.elements if "http-equiv" in attributes]
    assert policies == [f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"]


def test_only_the_first_thousand_have_traces(tmp_path: Path) -> None:
    """And the page says so; the others have rows all the same."""
    short = Recording(np.zeros((125, 12), dtype=np.float32), 50.0)
    page = _write(tmp_path / "r.html", [Outcome(str(index), PREDICTION) for index in range(1003)], short)
    assert page.count("svg") == 1000
    assert "Traces of the first 1,000: lead II" in page.text
    assert sum(tag == "th" and attributes.get("scope") == "row" for tag, attributes in page.elements) == 1003 + 3


def test_traces_stay_with_their_recordings(tmp_path: Path) -> None:
    """Files that cannot be read have none, and do not shift those of others."""
    report = Report()
    flat, tall = np.zeros((1000, 12)), np.zeros((1000, 12))
    tall[500, 1] = 1.0
    with writing_page(tmp_path / "r.html", report) as page:
        items = [Recording(flat, 100.0), UnreadableFileError("gone", "gone"), Recording(tall, 100.0)]
        assert len(list(page.sketched(items))) == 3
        problem = Problem("UNREADABLE_FILE", "gone")
        list(page.written([Outcome("a", PREDICTION), Outcome("gone", problem=problem), Outcome("c", PREDICTION)]))
    paths = [attributes["d"] or "" for tag, attributes in _Page(tmp_path / "r.html").elements if tag == "path"]
    assert ["-32" in path for path in paths] == [False, True]


def test_a_batch_that_is_cut_short_leaves_a_page_that_says_so(tmp_path: Path) -> None:
    """With what came until then."""
    report = Report()
    with contextlib.suppress(KeyboardInterrupt), writing_page(tmp_path / "r.html", report) as page:
        list(page.sketched([generate_recording(0)]))
        for outcome in page.written([Outcome("a", PREDICTION)]):
            report.add(outcome)
        raise KeyboardInterrupt
    text = _Page(tmp_path / "r.html").text
    assert "Cut short" in text
    assert "0.875" in text


def test_nothing_classified_is_a_page_too(tmp_path: Path) -> None:
    """Without a table of what there is not."""
    page = _write(tmp_path / "r.html", [Outcome("a", problem=Problem("GONE", "gone"))])
    assert "GONE: gone" in page.text
    assert page.count("input") == 0


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_a_click_sorts_figures_by_size_and_names_as_people_do(tmp_path: Path) -> None:
    """The script of the page, on a table of two columns that is no browser's."""
    script = (resources.files("ecg_client.report_page") / "page.js").read_text("utf-8")
    clicks = """
      const orders = [];
      for (const column of [0, 0, 1, 1]) {
        heads[column].clicks[0]();
        orders.push(body.rows.map((row) => row.cells[0].textContent).join(","), heads[column].attributes["aria-sort"]);
      }
      input.value = "ECG 9"; input.typed();
      orders.push(body.rows.length);
      events.beforeprint();
      orders.push(body.rows.length);
      console.log(JSON.stringify(orders));
    """
    (tmp_path / "page.cjs").write_text(f"{_TABLE}\n{script}\n{clicks}", "utf-8")
    ran = subprocess.run(["node", tmp_path / "page.cjs"], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603, S607 - it is our script
    assert json.loads(ran.stdout) == [
        *("b,ecg 9,ecg 10", "ascending", "ecg 10,ecg 9,b", "descending"),
        *("ecg 9,ecg 10,b", "descending", "ecg 10,ecg 9,b", "ascending"),
        *(1, 3),
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_of_many_rows_the_first_are_shown_and_the_others_on_a_click(tmp_path: Path) -> None:
    """Sorting and finding go through all of them."""
    script = (resources.files("ecg_client.report_page") / "page.js").read_text("utf-8")
    rows = "Array.from({ length: 1500 }, (_, index) => row(String(index), String(index)))"
    clicks = """
      const counts = [body.rows.length, more.hidden, more.textContent];
      heads[1].clicks[0]();
      counts.push(body.rows.length, body.rows[0].cells[1].textContent);
      more.click();
      counts.push(body.rows.length, more.textContent);
      more.click();
      counts.push(body.rows.length, more.hidden);
      input.value = "149"; input.typed();
      counts.push(body.rows.length);
      console.log(JSON.stringify(counts));
    """
    table = re.sub(r"rows: \[row\(.*\]", f"rows: {rows}", _TABLE, count=1)
    (tmp_path / "page.cjs").write_text(f"{table}\n{script}\n{clicks}", "utf-8")
    ran = subprocess.run(["node", tmp_path / "page.cjs"], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603, S607 - it is our script
    assert json.loads(ran.stdout) == [
        *(200, False, "show 1,000 more of 1,300"),
        *(200, "1499"),
        *(1200, "show 300 more of 300"),
        *(1500, True),
        12,
    ]
