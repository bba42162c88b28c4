"""Containers of the images run as anyone, with nothing writable, and can be asked how they are."""

import stat
from collections.abc import Iterator

import pytest

from ecg_testing.container_root import Container, Image

INSECURE = {"ECG_INSECURE": "true"}


@pytest.fixture(scope="module")
def container(image: Image) -> Iterator[Container]:
    """A container that is asked to do without TLS, SERVING."""
    with Container(image, variables=INSECURE) as container:
        assert container.wait_until_listening() == "0.0.0.0:50051"
        yield container


def runtime_of(image: Image) -> str:
    """Return the runtime that an image is for."""
    return next(runtime for runtime in ("tensorflow", "onnx") if runtime in image.root.parent.name)


def test_a_container_classifies(container: Container) -> None:
    """By the command line that is in it."""
    ended = container.run("ecg", "stream", "--synthetic", "3")
    assert ended.status == 0, ended.output
    assert "3 recordings" in ended.output


def test_its_health_check_passes(container: Container, image: Image) -> None:
    """As the file says it is asked."""
    ended = container.run(*image.stage.last("HEALTHCHECK").words)
    assert (ended.status, ended.output) == (0, "SERVING\n")


def test_who_runs_in_it_can_change_nothing(container: Container, image: Image) -> None:
    """Nobody's user, and a root that is read-only."""
    assert container.run("id", "-u").output == "65532\n"
    assert "Read-only file system" in container.run("touch", "/tmp/anything").output  # noqa: S108 - that is the point
    installed = [path.lstat() for path in (image.root / "opt/ecg").rglob("*")]
    assert installed
    assert {(one.st_uid, one.st_mode & (stat.S_IWOTH | stat.S_ISUID)) for one in installed if not _is_link(one)} == {
        (0, 0)
    }


def _is_link(status: object) -> bool:
    return stat.S_ISLNK(status.st_mode)  # type: ignore[attr-defined] # an os.stat_result


def test_it_holds_what_its_runtime_needs_alone(image: Image) -> None:
    """No TensorFlow where it is not wanted, and neither pip nor what builds wheels."""
    packages = {path.name for path in (image.root / "opt/ecg").glob("lib/python*/site-packages/*")}
    assert {"ecg_server", "ecg_client", "ecg", "onnxruntime"} <= packages
    assert ("tensorflow" in packages) == (runtime_of(image) == "tensorflow")
    assert not {"pip", "hatchling", "pytest"} & packages


def test_its_other_runtime_serves_too(image: Image) -> None:
    """Of the small image there is none; a Keras file is unpacked into /tmp."""
    if runtime_of(image) == "onnx":
        with Container(image, "--runtime", "tensorflow", variables=INSECURE) as container:
            ended = container.ended()
        assert ended.status == 1
        assert 'pip install "ecg-classifier[server]"' in ended.output
        return
    with Container(image, "--runtime", "tensorflow", variables=INSECURE, writable=["/tmp"]) as container:  # noqa: S108
        container.wait_until_listening()
        assert container.run("ecg", "stream", "--synthetic", "1").status == 0
        assert container.stop().status == 0


def test_a_stopped_container_drains(image: Image) -> None:
    """SIGTERM reaches the server itself: the entry point is no shell."""
    with Container(image, variables=INSECURE) as container:
        container.wait_until_listening()
        ended = container.stop()
    assert ended.status == 0, ended.output


def test_unless_it_is_asked_to_it_speaks_no_plain_text(image: Image) -> None:
    """The address in the image is not the machine's own."""
    with Container(image) as container:
        ended = container.ended()
    assert ended.status == 1
    assert "--insecure" in ended.output
