"""How each line of an audit log vouches for those before it, and whether it does.

A line is a JSON object whose `before_sha256` stands for all that is before it: 64 zeros at the beginning, and behind
each line the SHA-256 of that line's own `before_sha256` followed by the line itself, without its end. A crash or a full
disk may leave a part of a line, which is no JSON; it counts like a line that was written, and is told of.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from os import SEEK_END
from pathlib import Path
from typing import Any

BEGINNING = "0" * 64
BEFORE = "before_sha256"

# Many times what the longest line has.
_TAIL_BYTES = 1 << 16
_DATE = re.compile(r"\.\d{4}-\d{2}-\d{2}(?=\.|$)")


class BrokenChainError(Exception):
    """An audit log is not as it was written. Its text is one line: the file, the line, and what is wrong."""

    def __init__(self, path: Path, number: int) -> None:
        super().__init__(
            f"{path}:{number}: does not follow from what is before it: "
            "the line before this one was changed, or lines between them were removed or put in"
        )


@dataclass(frozen=True, slots=True)
class AuditChain:
    """What a chain of audit files holds whose lines follow from one another.

    Attributes:
        lines: how many, all together.
        torn: how many of those are but the part of a line that a crash or a full disk left.
        has_beginning: whether the first line is there that was ever written.
        last_sha256: what the next line will have as its `before_sha256`. Kept elsewhere, it shows later that no line
            of today was removed from the end or changed.
    """

    lines: int
    torn: int
    has_beginning: bool
    last_sha256: str


def following(before: str, line: bytes) -> str:
    """Return what stands for a line and all before it."""
    return sha256(before.encode() + line).hexdigest()


def verify_audit_log(paths: Sequence[Path]) -> AuditChain:
    """Return what the files of one audit log hold, in the order in which they were written.

    Raises:
        BrokenChainError: a line was changed, removed or put in.
        OSError: a file cannot be read.
    """
    lines = torn = 0
    beginning = before = None
    for path, number, line in _numbered(paths):
        said = said_before(line)
        if before is None:
            beginning = before = said or BEGINNING
        if said not in (None, before):
            raise BrokenChainError(path, number)
        before = following(before, line)
        lines, torn = lines + 1, torn + (said is None)
    return AuditChain(lines, torn, beginning in (None, BEGINNING), before or BEGINNING)


def end_of_chain(paths: Sequence[Path]) -> str:
    """Return what the next line of an audit log has to vouch for, given its files in the order they were written.

    Raises:
        OSError: a file cannot be read.
    """
    torn: list[bytes] = []
    before = BEGINNING
    for line in _backwards(paths):
        said = said_before(line)
        if said is not None:
            before = following(said, line)
            break
        torn.append(line)
    for line in reversed(torn):
        before = following(before, line)
    return before


def chains(paths: Iterable[Path]) -> Mapping[str, Sequence[Path]]:
    """Return the files of each audit log, in the order of their dates: every worker writes one of its own."""
    ordered = sorted(paths, key=lambda path: (_name(path), path.name))
    return {name: list(files) for name, files in groupby(ordered, _name)}


def said_before(line: bytes) -> str | None:
    """Return what a line says is before it; None: it is no whole line."""
    try:
        entry: Any = json.loads(line)
        return str(entry[BEFORE])
    except (ValueError, TypeError, KeyError):
        return None


def _name(path: Path) -> str:
    return str(path.with_name(_DATE.sub("", path.name)))


def _numbered(paths: Iterable[Path]) -> Iterator[tuple[Path, int, bytes]]:
    for path in paths:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield path, number, line.removesuffix(b"\n")


def _backwards(paths: Sequence[Path]) -> Iterator[bytes]:
    for path in reversed(paths):
        with path.open("rb") as file:
            size = file.seek(0, SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            tail = file.read(size)
        if tail:
            yield from reversed(tail.removesuffix(b"\n").split(b"\n"))
