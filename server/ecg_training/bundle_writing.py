"""Writes a trained network as a bundle, with figures measured through the path that serves it."""

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ecg_client.formats.ptbxl import CLASS_CODES
from ecg_client.formats.synthetic import generate_recordings
from ecg_model.bundle import GOLDEN_FILE, KERAS_FILE, read_bundle, write_manifest
from ecg_model.golden import GoldenSet, write_golden_set
from ecg_model.keras_file import InputNames, load_keras, sha256_of, summarize
from ecg_model.manifest import DIAGNOSTIC_CLASSES, ClassSpecification, InputSpecification, Manifest
from ecg_model.onnx_export import export_bundle
from ecg_model.preprocessing import prepare, stack
from ecg_model.recording import FloatArray, PatientMetadata, Sex
from ecg_model.tensorflow_network import TensorFlowNetwork
from ecg_training.dataset import Dataset, recording_of
from ecg_training.evaluation import auc_figures, best_f1_threshold, predict

GOLDEN_COUNT = 8
MEASURED_ON = "PTB-XL fold 9, recordings with at least one class, infarction stages masked"
DATA = (
    "PTB-XL at 100 Hz, folds 1-8 (Wagner et al., PhysioNet, CC BY 4.0); every diagnostic statement counts, whatever "
    "its likelihood; infarction stages masked"
)
ATTRIBUTION = """# Attribution

The weights in this folder were learned from PTB-XL, which is published under the Creative Commons Attribution 4.0
International licence (CC BY 4.0, https://creativecommons.org/licenses/by/4.0/):

Wagner, P., Strodthoff, N., Bousseljot, R., Samek, W., and Schaeffter, T.: PTB-XL, a large publicly available
electrocardiography dataset. PhysioNet. https://doi.org/10.13026/kfzx-aw45

The weights are offered under the same licence. They are no medical device.
"""


def write_bundle(  # noqa: PLR0913 - a bundle has that many parts
    model: Any,
    specification: InputSpecification,
    validation: Dataset,
    training: dict[str, str | int | float],
    folder: Path,
    *,
    version_of_bundle: str,
) -> Manifest:
    """Write a network and its manifest into a folder, and return the manifest.

    Args:
        model: the trained Keras model.
        specification: what it takes.
        validation: labelled recordings on which thresholds are chosen and figures measured.
        training: how it was trained, for the record.
        folder: the bundle's folder; its last part becomes the bundle's name.
        version_of_bundle: its version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / KERAS_FILE
    # The same layers without the optimizer, whose state is twice as large as the weights.
    keras.Model(model.inputs, model.outputs, name=model.name).save(path)
    (folder / "ATTRIBUTION.md").write_text(ATTRIBUTION, encoding="utf-8")
    names = InputNames(metadata=specification.metadata_input, signal=specification.signal_input)
    served = load_keras(path)
    network = TensorFlowNetwork(served, names)
    write_golden_set(GoldenSet.computed(network, *golden_inputs(specification)), folder / GOLDEN_FILE)
    probabilities = predict(network, validation)
    manifest = Manifest(
        name=folder.resolve().name,
        version=version_of_bundle,
        sha256=sha256_of(path),
        input=specification,
        classes=_classes(validation.labels, probabilities),
        operating_point="greatest F1 of each class on PTB-XL fold 9",
        summary=summarize(served),
        quality_figures=auc_figures(validation.labels, probabilities, CLASS_CODES, MEASURED_ON),
        data=DATA,
        training=training,
        software={"python": platform.python_version(), **{name: version(name) for name in ("tensorflow", "keras")}},
    )
    write_manifest(manifest, folder)
    export_bundle(folder)
    return read_bundle(folder).manifest


def _classes(labels: FloatArray, probabilities: FloatArray) -> tuple[ClassSpecification, ...]:
    columns = zip(CLASS_CODES, np.transpose(labels), np.transpose(probabilities), strict=True)
    return tuple(
        ClassSpecification(code=code, display_name=DIAGNOSTIC_CLASSES[code], threshold=best_f1_threshold(truth, given))
        for code, truth, given in columns
    )


def golden_inputs(specification: InputSpecification) -> tuple[FloatArray, FloatArray]:
    """Return the metadata and signals of a few synthetic recordings, always the same, as the network takes them."""
    recordings = (
        recording_of(
            one.signal,
            PatientMetadata(age_years=15.0 + 10 * index, sex=Sex.FEMALE if index % 2 else None, weight_kg=60.0 + index),
        )
        for index, one in enumerate(generate_recordings(GOLDEN_COUNT))
    )
    return stack([prepare(recording, specification) for recording in recordings])
