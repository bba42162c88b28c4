"""docs/command-line.md names what there is, all of it, and nothing else.

Whoever adds an option, a variable or a command adds a row there, and examples in `ecg_client.cli.examples`.
"""

import itertools
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup, TyperOption
from typer.main import get_command

from ecg_client.cli.app import app
from ecg_client.cli.config import read_settings
from ecg_client.cli.examples import EXAMPLES

DOCUMENT = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text(encoding="utf-8")
SHELL_LINES = [
    line for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, flags=re.DOTALL) for line in block.splitlines()
]
TYPED = [*SHELL_LINES, *(typed for examples in EXAMPLES.values() for _, typed in examples)]


@pytest.fixture(scope="module")
def group() -> TyperGroup:
    """`ecg`, with its commands."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def test_every_command_has_its_row_and_its_examples(group: TyperGroup) -> None:
    """And no row is about a command that there is not."""
    assert set(re.findall(r"^\| `ecg ([a-z-]+)` \|", DOCUMENT, flags=re.MULTILINE)) == group.commands.keys()
    assert EXAMPLES.keys() == {"ecg", *group.commands}
    assert all(1 <= len(examples) <= 3 for examples in EXAMPLES.values())


def test_every_option_has_its_row_with_the_commands_that_take_it(group: TyperGroup) -> None:
    """All of them, and no others; an option that means different things has several rows."""
    taken: dict[str, set[str]] = {}
    for name, option in _options(group):
        for flag in (*option.opts, *option.secondary_opts):
            taken.setdefault(flag, set()).add(name)
    everywhere = ", ".join(taken["--address"])

    told: dict[str, set[str]] = {}
    for flags, commands in re.findall(r"^\| `(-[^`]+)` \| ([^|]+) \|", DOCUMENT, flags=re.MULTILINE):
        names = re.findall(r"[a-z-]+", everywhere if commands == "all" else commands)
        for flag in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", flags):
            told.setdefault(flag, set()).update(names)

    assert told == taken


def test_every_variable_has_its_row_with_its_key_and_its_option(group: TyperGroup) -> None:
    """The three have one name."""
    rows = re.findall(r"^\| `(ECG_\w+)` \| (?:`(\w+)`)? ?\| `(--[a-z-]+)`", DOCUMENT, flags=re.MULTILINE)
    assert {(variable, flag) for variable, _, flag in rows} == {
        (option.envvar, option.opts[0]) for _, option in _options(group) if option.envvar
    }
    for variable, key, flag in rows:
        assert variable == f"ECG_{flag.removeprefix('--').upper().replace('-', '_')}"
        assert key in {"", variable.removeprefix("ECG_").lower()}


def test_commands_that_pass_a_variable_over_are_named(group: TyperGroup) -> None:
    """They have its option, and take it from nowhere else."""
    for variable, flag, names in re.findall(
        r"^\| `(ECG_\w+)` \|[^|]*\| `(--[a-z-]+)`(.*) \|", DOCUMENT, flags=re.MULTILINE
    ):
        passing = {name for name, option in _options(group) if flag in option.opts and option.envvar != variable}
        assert set(re.findall(r"`ecg ([a-z-]+)`", names)) == passing


def test_the_config_file_that_is_shown_is_one(tmp_path: Path) -> None:
    """It can be read, and with the profile has every key that there is."""
    path = _write_config(tmp_path)
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    keys = re.findall(r"^\| `ECG_\w+` \| `(\w+)` \|", DOCUMENT, flags=re.MULTILINE)
    assert {*read_settings(path, None), *read_settings(path, "ward-7")} == set(keys)
    assert content["profile"].keys() == {"ward-7"}


def test_the_exit_codes_are_those_of_the_help(group: TyperGroup) -> None:
    """In both places."""
    in_help = re.findall(r"^(\d+) +\w", group.epilog or "", flags=re.MULTILINE)
    assert re.findall(r"^\| (\d+) \|", DOCUMENT, flags=re.MULTILINE) == in_help


@pytest.mark.parametrize("typed", [line for line in TYPED if re.search(r"\becg [a-z]", line)])
def test_what_people_are_told_to_type_can_be_typed(
    group: TyperGroup, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of it takes its arguments; with a config file as the document shows it."""
    monkeypatch.setenv("ECG_CONFIG", str(_write_config(tmp_path)))
    for words in _commands(typed):
        if "--help" not in words:
            group.commands[words[1]].make_context(words[1], words[2:])


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_fit_a_terminal(name: str) -> None:
    """Of 80 columns, of which the help leaves two free."""
    assert all(len(line) <= 76 for what, typed in EXAMPLES[name] for line in (f"# {what}", typed))


def _options(group: TyperGroup) -> Iterator[tuple[str, TyperOption]]:
    for name, command in group.commands.items():
        for option in command.params:
            if isinstance(option, TyperOption):
                yield name, option


def _commands(line: str) -> Iterator[list[str]]:
    """The words of every `ecg` in a line of shell."""
    for is_end, words in itertools.groupby(shlex.split(line, comments=True), {"|", "&&", ">"}.__contains__):
        command = list(words)
        if not is_end and command[:1] == ["ecg"]:
            yield command


def _write_config(folder: Path) -> Path:
    (block,) = re.findall(r"```toml\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    path = folder / "config.toml"
    path.write_text(block, encoding="utf-8")
    return path
