"""Container files, read: their stages, and what each instruction says."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from string import Template


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, with the variables replaced that were set before it.

    Attributes:
        keyword: such as `RUN`.
        flags: such as `--from=build`.
        argument: the rest of it, on one line.
    """

    keyword: str
    flags: tuple[str, ...]
    argument: str

    @property
    def is_exec_form(self) -> bool:
        """Whether it names a program and its arguments, and no line for a shell."""
        return self.argument.startswith("[")

    @property
    def words(self) -> list[str]:
        """The words of an exec form, or of a line that only has words."""
        return json.loads(self.argument) if self.is_exec_form else shlex.split(self.argument)

    @property
    def assignments(self) -> dict[str, str]:
        """What an ENV or a LABEL sets."""
        return dict(word.split("=", 1) for word in self.words)


@dataclass(slots=True)
class Stage:
    """From one FROM to the next.

    Attributes:
        name: by which later stages call it.
        base: the image it begins with.
        instructions: the others.
        environment: what its ENV set, and its base's PATH.
    """

    name: str
    base: str
    instructions: list[Instruction] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin"})

    def all_of(self, keyword: str) -> list[Instruction]:
        """Return the instructions of a kind."""
        return [one for one in self.instructions if one.keyword == keyword]

    def last(self, keyword: str) -> Instruction:
        """Return the instruction of a kind that is in force."""
        return self.all_of(keyword)[-1]


def stages_of(path: Path) -> list[Stage]:
    """Return the stages of a container file. Of what it can be told (ARG), nothing is told."""
    told: dict[str, str] = {}
    stages: list[Stage] = []
    for keyword, flags, written in _lines(path):
        known = told | (stages[-1].environment if stages else {})
        argument = Template(written).safe_substitute(known)
        if keyword == "ARG":
            name, _, otherwise = argument.partition("=")
            told.setdefault(name, otherwise)
        elif keyword == "FROM":
            base, _, name = argument.partition(" AS ")
            stages.append(Stage(name, base))
        else:
            instruction = Instruction(keyword, flags, argument)
            stages[-1].instructions.append(instruction)
            if keyword == "ENV":
                stages[-1].environment |= instruction.assignments
    return stages


def _lines(path: Path) -> Iterator[tuple[str, tuple[str, ...], str]]:
    text = re.sub(r"^\s*#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line:
            keyword, rest = line.split(maxsplit=1)
            flags = re.match(r"(?:--\S+\s+)*", rest)[0]  # type: ignore[index] # it matches nothing, too
            yield from (
                _of_health(flags, rest)
                if keyword == "HEALTHCHECK"
                else [(keyword, tuple(flags.split()), rest.removeprefix(flags))]
            )


def _of_health(flags: str, rest: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    yield "HEALTHCHECK", tuple(flags.split()), rest.removeprefix(flags).removeprefix("CMD ")


def is_in_context(path: str, ignore_file: Path) -> bool:
    """Say whether a file may be copied: the last line that fits it, or a folder that it is in, decides."""
    is_in = True
    parents = [path, *(str(parent) for parent in Path(path).parents)]
    for line in ignore_file.read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if pattern and not line.startswith("#") and any(_fits(parent, pattern) for parent in parents):
            is_in = line.startswith("!")
    return is_in


def _fits(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(Path(path).name, pattern.removeprefix("**/"))
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)
