"""What the container files say, apart from what becomes of it."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from ecg_server.flags import read_settings
from ecg_testing.container_file import Stage, is_in_context, stages_of
from ecg_testing.documented import ROOT
from ecg_testing.server_variables import unknown_variables
from ecg_testing.tools import tool

CONTAINERS = ROOT / "deploy" / "container"
FILES = (CONTAINERS / "onnx.Dockerfile", CONTAINERS / "tensorflow.Dockerfile")

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def final_stage(path: Path) -> Stage:
    """Return what becomes the image."""
    return stages_of(path)[-1]


@each_file
def test_the_linter_has_nothing_to_say(path: Path) -> None:
    """Not even what it says by the way."""
    command = [
        tool(str(Path(sys.executable).with_name("hadolint"))),
        "--config",
        str(CONTAINERS / "hadolint.yaml"),
        str(path),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a linter of our own files
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


@each_file
def test_both_stages_begin_with_one_tagged_image(path: Path) -> None:
    """The environment that the first makes has links to the interpreter of the second."""
    bases = {stage.base for stage in stages_of(path)}
    assert len(bases) == 1
    assert ":" in bases.pop().rpartition("/")[2]


@each_file
def test_nothing_goes_through_a_shell(path: Path) -> None:
    """Signals reach the server itself, and the image needs no shell."""
    for stage in stages_of(path):
        run = [one for one in stage.instructions if one.keyword in {"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"}]
        assert all(one.is_exec_form for one in run)


@each_file
def test_it_runs_as_a_number_that_is_not_root(path: Path) -> None:
    """Kubernetes cannot tell of a name whether it is root's."""
    user, group = final_stage(path).last("USER").argument.split(":")
    assert int(user) > 0
    assert int(group) > 0


@each_file
def test_packages_come_by_their_hashes_or_not_at_all(path: Path) -> None:
    """Or from no index: the wheel that was just built."""
    installs = [one.words for stage in stages_of(path) for one in stage.all_of("RUN") if "pip" in one.words]
    assert installs
    assert all({"--require-hashes", "--no-index"} & set(words) for words in installs)


@each_file
def test_its_variables_are_those_of_the_server(path: Path) -> None:
    """And what they say is what the image says that it listens on, and is asked for its health on."""
    stage = final_stage(path)
    variables = {name: value for name, value in stage.environment.items() if name.startswith("ECG_")}
    assert not unknown_variables(variables)
    settings = read_settings([], variables)
    assert stage.last("EXPOSE").argument.split() == [str(settings.port), str(settings.health_port)]
    assert f"127.0.0.1:{settings.health_port}" in stage.last("HEALTHCHECK").words


@each_file
def test_its_health_check_gives_up_before_it_is_given_up(path: Path) -> None:
    """So that it can say why."""
    check = final_stage(path).last("HEALTHCHECK")
    given_up = next(flag.removeprefix("--timeout=") for flag in check.flags if flag.startswith("--timeout="))
    timeout = next(after for word, after in pairwise(check.words) if word == "--timeout")
    assert float(timeout) < float(given_up.removesuffix("s"))


@each_file
def test_its_labels_say_what_it_is(path: Path) -> None:
    """In the words of the Open Container Initiative."""
    labels = final_stage(path).last("LABEL").assignments
    assert {name.removeprefix("org.opencontainers.image.") for name in labels} == {
        "description",
        "licenses",
        "revision",
        "title",
        "version",
    }
    assert "Not a medical device" in labels["org.opencontainers.image.description"]


def test_the_two_differ_in_what_is_installed_alone() -> None:
    """Whatever is true of the one is true of the other."""
    texts = [path.read_text("utf-8").partition("\nARG BASE")[2].replace(path.stem, "KIND") for path in FILES]
    words = ("with ONNX Runtime.", "with TensorFlow or ONNX Runtime.")
    first, second = (text.replace(word, "") for text, word in zip(texts, words, strict=True))
    assert first == second


@pytest.mark.parametrize(
    "path", ["README.md", "deploy/container/onnx.lock", "server/ecg_model/bundles/ensemble/network.onnx"]
)
def test_the_context_has_what_is_copied(path: str) -> None:
    """Data and licences too."""
    assert is_in_context(path, ROOT / ".dockerignore")


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".venv/bin/python",
        "build/site/index.html",
        "deploy/container/onnx.Dockerfile",
        "requirements.lock",
        "server/ecg_model/__pycache__/bundle.cpython-313.pyc",
        "tests/conftest.py",
    ],
)
def test_the_context_has_nothing_else(path: str) -> None:
    """A change in it would build everything anew; and a secret that lies about would be in a layer."""
    assert not is_in_context(path, ROOT / ".dockerignore")
