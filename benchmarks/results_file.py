"""What was measured, in a file of JSON, and the flags that say where that is."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

Results = TypeVar("Results")

DOCUMENT = Path("docs/benchmarks.md")


def add_results_flags(parser: argparse.ArgumentParser, output: Path, unless: str, document: Path = DOCUMENT) -> None:
    """Add --output, --document and --read to the flags of a benchmark.

    Args:
        parser: of its flags.
        output: where results go unless told otherwise.
        unless: in which case they are not put into the document, in words.
        document: where they are put unless told otherwise.
    """
    parser.add_argument("--output", type=Path, default=output, help=f"where the results go (default: {output})")
    parser.add_argument(
        "--document",
        type=Path,
        nargs="?",
        const=document,
        help=f"put the results into this document too, unless {unless} (default: {document})",
    )
    parser.add_argument("--read", type=Path, metavar="FILE", help="measure nothing; show the results of an earlier run")


def write_results(results: Any, path: Path) -> None:
    """Write results, which are a dataclass, into a file; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(results), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_results(kind: type[Results], path: Path) -> Results:
    """Return the results in a file."""
    return TypeAdapter(kind).validate_json(path.read_bytes())
