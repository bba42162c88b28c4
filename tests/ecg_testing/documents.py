"""The examples of a document, run as a reader types them: one after the other, in one folder and one Python."""

import contextlib
import doctest
import functools
import io
import math
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r"^```(python|sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What the tests have done already: the environment is there, and the server runs.
_DONE_ALREADY = re.compile(r"^(?:make serve|source .venv/bin/activate)$\n?", re.MULTILINE)
_DECIMAL = re.compile(r"\d+\.\d+")
_ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True, slots=True)
class Example:
    """One block of a document.

    Attributes:
        language: `python` or `sh`.
        text: what is typed.
        line: the line of the document before its first.
        expected: what it prints, `...` standing for anything, decimals for what is within 0.01; None where the document
            does not say.
    """

    language: str
    text: str
    line: int
    expected: str | None


def examples(document: Path) -> list[Example]:
    """Return the blocks of a document; a block of text is what the one before it prints."""
    found: list[Example] = []
    text = document.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        if match[1] == "text":
            *before, last = found
            found = [*before, Example(last.language, last.text, last.line, match[2])]
        else:
            found.append(Example(match[1], match[2], text.count("\n", 0, match.start(2)), None))
    return found


def run_document(document: Path, addresses: dict[str, str], languages: tuple[str, ...] = ("python", "sh")) -> None:
    """Run a document's examples in the current folder, and compare what they print with what it says.

    Args:
        document: the Markdown file.
        addresses: where the services really are that it names.
        languages: what is run of it.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for example in examples(document):
        if example.language not in languages:
            continue
        text = example.text
        for told, real in addresses.items():
            text = text.replace(told, real)
        printed = (
            _run_python(text, f"{document}", example.line, namespace) if example.language == "python" else _run_sh(text)
        )
        if example.expected is not None:
            assert _is_alike(example.expected, printed), (
                f"{document}:{example.line} prints\n{printed}\nand not\n{example.expected}"
            )


def _is_alike(expected: str, printed: str) -> bool:
    """Say whether words are the same, and decimals nearly so: another processor rounds otherwise."""
    words_told, words_real = (_DECIMAL.sub("#", text) for text in (expected, printed))
    told, real = (list(map(float, _DECIMAL.findall(text))) for text in (expected, printed))
    are_near = len(told) != len(real) or all(map(functools.partial(math.isclose, abs_tol=0.01), told, real))
    return are_near and doctest.OutputChecker().check_output(words_told, words_real, _ALIKE)


def _run_python(text: str, name: str, line: int, namespace: dict[str, Any]) -> str:
    # Errors name the line of the document.
    code = compile("\n" * line + text, name, "exec")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, namespace)  # noqa: S102 - what our own documents say
    return printed.getvalue()


def _run_sh(text: str) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(  # noqa: S603 - what our own documents say
        ["bash", "-euc", _DONE_ALREADY.sub("", text)],  # noqa: S607
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, f"{text}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout
