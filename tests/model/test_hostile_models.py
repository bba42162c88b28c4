"""Model files made to harm: each is refused before Keras sees it, and nothing in it is run."""

import re
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from ecg_model.bundle import SHIPPED_BUNDLES
from ecg_model.errors import BundleError
from ecg_model.keras_file import load_keras, read_safe_archive
from ecg_testing.golden import GOLDEN, PARAMETERS
from ecg_testing.hostile_archives import HOSTILE_ARCHIVES, HostileFile
from ecg_testing.hostile_networks import HOSTILE_NETWORKS, HostileNetwork, as_json
from ecg_testing.hostile_weights import HOSTILE_WEIGHTS, HostileWeights
from ecg_testing.keras_archives import (
    KERAS_2_VERSION,
    KERAS_3_VERSION,
    layer,
    network_of,
    parts_of,
    weights_of,
    write_keras,
)

GOOD_FILES = [*GOLDEN.glob("*.keras"), *SHIPPED_BUNDLES.glob("*/network.keras")]


def refused(path: Path, problem: str) -> None:
    """Check that a file is refused, in one line that names it."""
    with pytest.raises(BundleError, match=re.escape(problem)) as caught:
        load_keras(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < len(str(path)) + 500


@pytest.mark.parametrize("path", GOOD_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_keras_wrote_is_safe(path: Path) -> None:
    """Both dialects, and every network that ships."""
    assert read_safe_archive(path).weights


@pytest.mark.parametrize("hostile", HOSTILE_ARCHIVES, ids=lambda hostile: hostile.name)
def test_an_archive_that_keras_would_not_write_is_refused(hostile: HostileFile, tmp_path: Path) -> None:
    """Bombs, lies about sizes, and strangers among the parts."""
    path = tmp_path / "network.keras"
    hostile.write(path)
    refused(path, hostile.problem)


@pytest.mark.parametrize("version", [KERAS_2_VERSION, KERAS_3_VERSION])
@pytest.mark.parametrize("hostile", HOSTILE_NETWORKS, ids=lambda hostile: hostile.name)
def test_a_network_that_does_more_than_compute_is_refused(
    hostile: HostileNetwork, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever Keras would open it; the code that it brings never runs, the module that it names is not imported."""
    marker = tmp_path / "evil_marker"
    (tmp_path / "evil_marker.py").write_text(f"open({str(marker)!r}, 'w').close()\nclass Dense: pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    config = as_json(hostile.config(marker))
    refused(write_keras(tmp_path / "network.keras", parts_of(config, version=version)), hostile.problem)

    assert not marker.exists()
    assert "evil_marker" not in sys.modules


@pytest.mark.parametrize("hostile", HOSTILE_WEIGHTS, ids=lambda hostile: hostile.name)
def test_weights_that_are_not_in_the_file_are_refused(hostile: HostileWeights, tmp_path: Path) -> None:
    """HDF5 can point into other files, and declare arrays that would fill the memory."""
    weights = weights_of(hostile.write)
    refused(write_keras(tmp_path / "network.keras", parts_of(weights=weights)), hostile.problem)


@pytest.mark.parametrize("weights", [b"", b"no HDF5", weights_of()[:-200]], ids=["none", "other", "cut"])
def test_weights_that_are_no_hdf5_are_refused(weights: bytes, tmp_path: Path) -> None:
    """Damaged ones, or something else."""
    refused(write_keras(tmp_path / "network.keras", parts_of(weights=weights)), "its weights cannot be read")


def test_weights_that_contain_themselves_are_read_to_an_end(tmp_path: Path) -> None:
    """A group may be a member of itself; it is looked at once."""

    def write(file: h5py.File) -> None:
        group = file.create_group("layers")
        group["again"] = group
        group["0"] = np.zeros(3, dtype=np.float32)

    assert read_safe_archive(write_keras(tmp_path / "network.keras", parts_of(weights=weights_of(write))))


def test_what_belongs_to_training_is_neither_checked_nor_built(tmp_path: Path) -> None:
    """A network is served whatever loss it was trained with, and nothing of that reaches Keras."""
    network = network_of(layer("Dense", units=5)) | {"compile_config": {"loss": layer("Evil", "evil")}}
    nested = network_of(network) | {"compile_config": {"loss": "mine"}}
    archive = read_safe_archive(write_keras(tmp_path / "network.keras", parts_of(nested)))

    assert b"Dense" in archive.config
    assert b"compile_config" not in archive.config
    assert b"evil" not in archive.config


def test_numbers_that_count_nothing_are_taken(tmp_path: Path) -> None:
    """What a mask adds, and names with digits in them."""
    network = network_of(layer("Dense", name="dense_2000000000", units=5, penalty=-1e9, rate=1e-7))
    assert read_safe_archive(write_keras(tmp_path / "network.keras", parts_of(network)))


def test_keras_opens_only_what_was_checked(tmp_path: Path) -> None:
    """A file that is a good .keras file from its end and a network of another kind from its beginning."""
    path = tmp_path / "network.h5"
    path.write_bytes(weights_of(lambda file: file.attrs.update(model_config="evil")))
    path.write_bytes(path.read_bytes() + (GOLDEN / "keras2.keras").read_bytes())

    assert load_keras(path).count_params() == PARAMETERS


@pytest.mark.parametrize("dialect", ["tf_keras", "keras"])
def test_an_ordinary_network_is_served(dialect: str, tmp_path: Path) -> None:
    """Recurrent, attending and residual layers, penalties, activations, a network in the network, compiled."""
    keras = pytest.importorskip(dialect)
    layers = keras.layers
    metadata, signal = keras.Input((7,), name="X"), keras.Input((1000, 12), name="Y")
    flow = layers.Conv1D(
        4, 7, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4), kernel_initializer="he_normal"
    )(layers.Normalization()(signal))
    flow = layers.SeparableConv1D(4, 3, activation=keras.activations.swish)(layers.LeakyReLU()(flow))
    flow = layers.LayerNormalization()(layers.SpatialDropout1D(0.1)(layers.AveragePooling1D(100)(flow)))
    flow = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(flow)
    flow = layers.Add()([flow, layers.MultiHeadAttention(2, 2)(flow, flow)])
    flow = layers.TimeDistributed(layers.Dense(4, activation="tanh"))(flow)
    flow = keras.Sequential([layers.Dense(4, kernel_constraint=keras.constraints.MaxNorm(2)), layers.ReLU(6.0)])(flow)
    if dialect == "keras":
        flow = keras.ops.concatenate([flow * 2.0 + 1.0, keras.ops.square(flow)], -1)[:, :, :5]
    flow = layers.Concatenate()([layers.GlobalMaxPooling1D()(flow), layers.Dense(3)(metadata)])
    model = keras.Model([metadata, signal], layers.Dense(5, activation="sigmoid")(flow))
    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(), metrics=["accuracy"])
    # tf_keras goes by the thread that imported it: said in so many words, it is the same in all of them.
    model.save(tmp_path / "network.keras", **({"save_format": "keras"} if dialect == "tf_keras" else {}))

    inputs = [np.ones((2, 7), dtype=np.float32), np.ones((2, 1000, 12), dtype=np.float32)]
    np.testing.assert_array_equal(load_keras(tmp_path / "network.keras")(inputs), model(inputs))
