"""Missing and broken files and addresses in use: one line that says what is wrong, and exit status 1."""

import socket
from pathlib import Path

import pytest

from ecg_testing.failures import failure
from ecg_testing.golden import KERAS_3
from ecg_testing.keras_archives import KERAS_2_VERSION, KERAS_3_VERSION, layer, network_of, parts_of, write_keras


def test_a_missing_model_is_named_and_the_shipped_ones_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A path or a name that is neither file nor folder nor bundle."""
    error = failure("nowhere/network.keras", capsys)

    assert "nowhere/network.keras" in error
    assert "reference" in error


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"other": "{}"}, "metadata.json"),
        (parts_of() | {"metadata.json": "{"}, "metadata.json"),
        (parts_of() | {"metadata.json": "{}"}, "metadata.json"),
        (parts_of() | {"metadata.json": "[" * 100_000}, "metadata.json"),
    ],
    ids=["no metadata", "metadata that is no JSON", "metadata without a version", "metadata without an end"],
)
def test_a_file_that_is_no_keras_file_is_named(
    parts: dict[str, str | bytes], problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Found out before TensorFlow is imported."""
    path = write_keras(tmp_path / "broken.keras", parts)
    error = failure(path, capsys)

    assert str(path) in error
    assert problem in error


@pytest.mark.parametrize("version", [KERAS_2_VERSION, KERAS_3_VERSION])
def test_a_keras_file_that_keras_refuses_is_named(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever Keras has to say comes in one line."""
    config = network_of(layer("Dense", units="many"))
    path = write_keras(tmp_path / "broken.keras", parts_of(config, version=version))

    assert f"{path}: Keras cannot open it: " in failure(path, capsys)


def test_a_truncated_keras_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A download that broke off."""
    path = tmp_path / "half.keras"
    path.write_bytes(KERAS_3.read_bytes()[:400_000])

    assert str(path) in failure(path, capsys)


def test_a_network_of_another_shape_is_named_with_the_shapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what shapes it found and what shapes it needs."""
    import keras  # noqa: PLC0415 - heavy, and needed here only

    path = tmp_path / "other.keras"
    tensor = keras.Input((7,), name="X_inputs")
    keras.Model([tensor], keras.layers.Dense(5)(tensor)).save(path)
    error = failure(path, capsys)

    assert str(path) in error
    assert "[(None, 7)]" in error
    assert "(None, 1000, 12)" in error


def test_a_port_in_use_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the address and the reason, before any model is loaded."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        error = failure("reference", capsys, "--port", str(port))

    assert f"127.0.0.1:{port}" in error
    assert "in use" in error


def test_plain_text_does_not_leave_the_machine_unless_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    """The refusal names what there is to give instead."""
    error = failure("reference", capsys, "--host", "0.0.0.0")  # noqa: S104 - that is the point
    for words in ("will not listen", "--tls-certificate", "--tls-key", "--insecure"):
        assert words in error


def test_an_address_of_another_machine_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """192.0.2.1 is nobody's: it is reserved for documentation."""
    assert "192.0.2.1:0" in failure("reference", capsys, "--host", "192.0.2.1", "--insecure")
