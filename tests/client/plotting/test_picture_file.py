import re
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from ecg_client import LeadName, Recording
from ecg_client.formats.synthetic import generate_recording
from ecg_client.plotting import Arrangement, Picture, write_picture
from ecg_testing.pages import GOLDEN_DPI, PREDICTION, golden_pages

_GOLDEN = Path(__file__).parent / "golden"
_MM_PER_POINT = 25.4 / 72
# Root mean square of the differences, of 255: another FreeType's letters differ by 4, a trace moved by 2 mm by 15.
_TOLERANCE = 8.0


def _elements(svg: Path) -> list[ET.Element]:
    return list(ET.parse(svg).iter())  # noqa: S314 - we wrote it


def _points_mm(svg: Path, name: str) -> list[tuple[float, float]]:
    """A path of an SVG in millimetres from the upper left corner of the page."""
    group = next(element for element in _elements(svg) if element.get("id") == name)
    path = next(iter(group)).get("d") or ""
    return [(float(x) * _MM_PER_POINT, float(y) * _MM_PER_POINT) for x, y in re.findall(r"[ML] (\S+) (\S+)", path)]


def _difference(first: Path, second: Path) -> float:
    one, other = (matplotlib.image.imread(path)[..., :3] * 255 for path in (first, second))
    assert one.shape == other.shape
    return float(np.sqrt(np.mean((one - other) ** 2)))


def test_a_page_is_true_to_scale(tmp_path: Path) -> None:
    """In the file: a spike of 1.5 mV at 6.4 s of V2 is 35 mm from where its column began at 5 s, and 15 mm high."""
    signal = np.zeros((5000, 12), dtype=np.float32)
    signal[3200, 7] = 1.5
    write_picture(tmp_path / "a.svg", Picture(recording=Recording(signal, 500.0)))
    root = _elements(tmp_path / "a.svg")[0]
    assert float((root.get("width") or "").removesuffix("pt")) * _MM_PER_POINT == pytest.approx(297.0)
    assert float((root.get("height") or "").removesuffix("pt")) * _MM_PER_POINT == pytest.approx(210.0)
    points = _points_mm(tmp_path / "a.svg", "lead-V2")
    x, y = min(points, key=lambda point: point[1])
    assert x - points[0][0] == pytest.approx(1.4 * 25, abs=0.02)
    assert points[0][1] - y == pytest.approx(15.0, abs=0.02)
    _, foot, low, high, *_ = _points_mm(tmp_path / "a.svg", "pulse-0")
    assert foot[1] - low[1] == pytest.approx(10.0, abs=0.001)
    assert high[0] - low[0] == pytest.approx(5.0, abs=0.001)


@pytest.mark.parametrize("lines", ["grid-1mm", "grid-5mm"])
def test_the_grid_has_squares_of_one_and_five_millimetres(tmp_path: Path, lines: str) -> None:
    """So that the paper can be measured with itself."""
    write_picture(tmp_path / "a.svg", Picture(recording=generate_recording(0)))
    text = (tmp_path / "a.svg").read_text()
    group = text[text.index(f'id="{lines}"') :].partition("</g>")[0]
    columns = sorted(
        {
            float(x) * _MM_PER_POINT
            for x, low, other, _ in re.findall(r'd="M (\S+) (\S+) \nL (\S+) (\S+)', group)
            if x == other and low
        }
    )
    assert len(columns) == 275 // int(lines[5]) + 1
    np.testing.assert_allclose(np.diff(columns), float(lines[5]), atol=1e-4)


def test_bars_and_marks_lie_at_probability_and_threshold(tmp_path: Path) -> None:
    """A bar is 50 mm wide for a probability of 1: MI, at 0.875 of 0.25, is 43.75 mm wide with its mark at 12.5 mm."""
    write_picture(tmp_path / "a.svg", Picture(recording=generate_recording(0), prediction=PREDICTION))
    bar = [x for x, _ in _points_mm(tmp_path / "a.svg", "probability-MI")]
    mark = [x for x, _ in _points_mm(tmp_path / "a.svg", "threshold-MI")]
    assert max(bar) - min(bar) == pytest.approx(43.75, abs=0.01)
    assert (max(mark) + min(mark)) / 2 - min(bar) == pytest.approx(12.5, abs=0.01)


def test_what_is_said_stands_on_the_page(tmp_path: Path) -> None:
    """Model, operating point, scale, disclaimer, and the warnings behind the name of their lead."""
    write_picture(tmp_path / "a.svg", Picture(recording=generate_recording(0), prediction=PREDICTION))
    texts = re.findall("<!-- (.*) -->", (tmp_path / "a.svg").read_text())
    assert texts[texts.index("V3") + 1] == "\N{WARNING SIGN} noisy · masked"
    assert "Model fake 1.0.0 · operating point half · uncertainty 0.25" in texts
    assert "25 mm/s · 10 mm/mV" in texts
    assert any(text.startswith("Not a medical device.") for text in texts)
    assert [text for text in texts if re.fullmatch("I|II|III|aV[RLF]|V[1-6]", text)] == [
        *("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"),
        "II",
    ]


def test_a_masked_lead_is_drawn_faint(tmp_path: Path) -> None:
    """It can be told from those that the network saw."""
    write_picture(tmp_path / "a.svg", Picture(recording=generate_recording(0), prediction=PREDICTION))
    text = (tmp_path / "a.svg").read_text()
    strokes = {lead: re.search(r"stroke: (#\w+)", text[text.index(f'id="lead-{lead}"') :]) for lead in ("V2", "V3")}
    assert [stroke and stroke[1] for stroke in strokes.values()] == ["#16181d", "#9aa0ac"]


@pytest.mark.parametrize(("suffix", "magic"), [(".svg", b"<?xml"), (".PNG", b"\x89PNG"), (".pdf", b"%PDF")])
def test_the_suffix_says_which_kind_it_is(tmp_path: Path, suffix: str, magic: bytes) -> None:
    """And equal recordings give equal files."""
    picture = Picture(recording=generate_recording(0))
    write_picture(tmp_path / f"a{suffix}", picture)
    write_picture(tmp_path / f"b{suffix}", picture)
    assert (tmp_path / f"a{suffix}").read_bytes().startswith(magic)
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_pdf_is_a_page_of_a4(tmp_path: Path) -> None:
    """Across."""
    write_picture(tmp_path / "a.pdf", Picture(recording=generate_recording(0)))
    box = re.search(rb"MediaBox \[ 0 0 (\S+) (\S+) \]", (tmp_path / "a.pdf").read_bytes())
    assert box is not None
    assert [float(one) * _MM_PER_POINT for one in box.groups()] == pytest.approx([297.0, 210.0], abs=0.01)


@pytest.mark.parametrize("name", ["a.gif", "a", "png"])
def test_another_suffix_is_refused_with_those_there_are(tmp_path: Path, name: str) -> None:
    """Before anything is drawn."""
    with pytest.raises(ValueError, match=r"\.svg, \.png or \.pdf"):
        write_picture(tmp_path / name, Picture(recording=generate_recording(0)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("from_s", [-1.0, 10.0, 11.0])
def test_a_page_begins_within_the_recording(from_s: float) -> None:
    """The error says how long that is."""
    with pytest.raises(ValueError, match="lasts 10 s"):
        Picture(recording=generate_recording(0), from_s=from_s)


def test_an_id_is_neither_formula_nor_markup(tmp_path: Path) -> None:
    """Whatever characters it has, in whatever script."""
    hostile = Recording(
        generate_recording(0).signal,
        100.0,
        recording_id="$\\frac{1}$ <script>--> 心电图 \x00 &amp;",
        microvolts_per_unit=1.0,
    )
    for suffix in (".svg", ".png", ".pdf"):
        write_picture(tmp_path / f"a{suffix}", Picture(recording=hostile))
    assert not any("script" in element.tag for element in _elements(tmp_path / "a.svg"))


def test_a_lead_that_is_missing_is_said_to_be(tmp_path: Path) -> None:
    """Its name is there, and no trace."""
    recording = Recording(np.zeros((1000, 2), dtype=np.float32), 100.0, (LeadName.II, LeadName.V1))
    write_picture(tmp_path / "a.svg", Picture(recording=recording, arrangement=Arrangement.TWELVE_BY_ONE))
    text = (tmp_path / "a.svg").read_text()
    assert text.count("not recorded -->") == 10
    assert sorted(re.findall(r'id="lead-(\w+)"', text)) == ["II", "V1"]


@pytest.mark.parametrize("name", golden_pages())
def test_pages_look_as_they_did(tmp_path: Path, name: str) -> None:
    """The golden files are drawn anew by `python -m ecg_testing.pages`."""
    write_picture(tmp_path / "a.png", golden_pages()[name], dots_per_inch=GOLDEN_DPI)
    assert _difference(tmp_path / "a.png", _GOLDEN / f"{name}.png") < _TOLERANCE


def test_a_page_that_looks_otherwise_is_noticed(tmp_path: Path) -> None:
    """The tolerance is below what two millimetres make."""
    moved = Picture(recording=golden_pages()["3x4"].recording, prediction=PREDICTION, from_s=0.08)
    write_picture(tmp_path / "a.png", moved, dots_per_inch=GOLDEN_DPI)
    assert _difference(tmp_path / "a.png", _GOLDEN / "3x4.png") > _TOLERANCE
