"""`python -m sizing`: prints the tables of docs/scaling.md, or puts them there."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.document import put_between

from sizing.assumptions import Assumptions
from sizing.measured import read_measured
from sizing.page import page

DOCS = Path(__file__).parents[1] / "docs"
DOCUMENT = DOCS / "scaling.md"
BEGIN = "<!-- computed: from here on written by `python -m sizing --document` -->"
END = "<!-- computed: to here -->"


def tables() -> str:
    """Return the tables, of what the documents say now."""
    return page(read_measured(DOCS / "benchmarks.md", DOCS / "operations.md"), Assumptions())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables or write them; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sizing", description=__doc__)
    parser.add_argument(
        "--document",
        type=Path,
        nargs="?",
        const=DOCUMENT,
        help=f"put them into a document, between its marks (default: {DOCUMENT})",
    )
    given = parser.parse_args(arguments)
    if given.document is None:
        print(tables())
    else:
        put_between(BEGIN, END, tables(), given.document)
    return 0


if __name__ == "__main__":
    sys.exit(main())
