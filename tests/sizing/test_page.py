"""docs/scaling.md says what `python -m sizing` computes."""

from pathlib import Path

import pytest
from sizing.__main__ import BEGIN, DOCS, DOCUMENT, END, main, tables
from sizing.measured import read_measured, row_of
from sizing.page import figure

TABLE = """### Streams

|   | recordings/s | CPU, ms |
| --- | ---: | ---: |
| one stream | 1,450 (437 to 454) | 4.03 |

### Streams, others
"""


def test_the_page_is_up_to_date() -> None:
    """Where docs/benchmarks.md was measured anew: python -m sizing --document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0].strip() == tables().strip()


def test_the_command_writes_between_the_marks(tmp_path: Path) -> None:
    """And leaves what stands around them."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    assert main(["--document", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "### What it takes" in text


def test_a_row_is_read_by_its_heads() -> None:
    """Of a spread the median is taken; a row that has gone is named."""
    assert row_of(TABLE, "Streams", "one stream") == {"recordings/s": 1450, "CPU, ms": 4.03}
    with pytest.raises(ValueError, match="no row 'two streams' in a table 'Streams'"):
        row_of(TABLE, "Streams", "two streams")


def test_what_was_measured_is_found() -> None:
    """With sizes that a recording of 12 times 1,000 samples must have."""
    measured = read_measured(DOCS / "benchmarks.md", DOCS / "operations.md")
    assert 24_000 < measured.int16_bytes < 24_200
    assert 48_000 < measured.float32_bytes < 48_200
    assert 0 < measured.stream_core_ms < measured.call_core_ms
    assert measured.call_spread > 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (3, "3"), (0.46296, "0.46"), (11574.07, "12,000"), (6.9e-5, "0.000069"), (9600, "9,600"), (99.7, "100")],
)
def test_figures_have_two_digits(value: float, text: str) -> None:
    """Those that the assumptions are worth; whole numbers that were counted have all."""
    assert figure(value) == text
