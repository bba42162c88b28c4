"""Writes a trained network as a bundle, with figures measured through the path that serves it."""

import platform
import shutil
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras

from ecg_client.formats.ptbxl import CLASS_CODES
from ecg_client.formats.synthetic import generate_recordings
from ecg_client.recording import PatientMetadata, Sex
from ecg_evaluation.model_recording import model_recording
from ecg_evaluation.platt import fit_platt
from ecg_model.bundle import GOLDEN_FILE, KERAS_FILE, Bundle, read_bundle, write_manifest
from ecg_model.calibration import calibrate
from ecg_model.classifier import Network
from ecg_model.golden import GoldenSet, write_golden_set
from ecg_model.keras_file import InputNames, load_keras, sha256_of, summarize
from ecg_model.manifest import DIAGNOSTIC_CLASSES, ClassSpecification, InputSpecification, Manifest
from ecg_model.onnx_export import export_bundle
from ecg_model.preprocessing import unmasked_inputs
from ecg_model.recording import FloatArray
from ecg_model.tensorflow_network import TensorFlowNetwork
from ecg_training.abstention_fitting import fit_abstention
from ecg_training.dataset import Dataset
from ecg_training.evaluation import predict, quality_figures
from ecg_training.operating_points import choose_operating_points
from ecg_training.specification import SIGNAL_RULE

CLASSES = tuple(ClassSpecification(code=code, display_name=DIAGNOSTIC_CLASSES[code]) for code in CLASS_CODES)
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


def save_network(model: Any, folder: Path) -> None:
    """Write a trained Keras model into a bundle's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    # The same layers without the optimizer, whose state is twice as large as the weights.
    keras.Model(model.inputs, model.outputs, name=model.name).save(folder / KERAS_FILE)


def write_bundle(  # noqa: PLR0913 - a bundle has that many parts
    folder: Path,
    specification: InputSpecification,
    training: Dataset,
    validation: Dataset,
    *,
    record: dict[str, str | int | float],
    version_of_bundle: str,
) -> Manifest:
    """Make a bundle of a folder that has a network: write all the rest, and return the manifest.

    Args:
        folder: the bundle's folder; its last part becomes the bundle's name.
        specification: what the network takes.
        training: what it was trained on, which is what it is familiar with.
        validation: labelled recordings on which it is calibrated, thresholds are chosen and figures measured.
        record: how it was trained.
        version_of_bundle: its version.
    """
    path = folder / KERAS_FILE
    (folder / "ATTRIBUTION.md").write_text(ATTRIBUTION, encoding="utf-8")
    served = load_keras(path)
    names = InputNames(metadata=specification.metadata_input, signal=specification.signal_input)
    network = TensorFlowNetwork(served, names)
    write_golden_set(GoldenSet.computed(network, *golden_inputs(specification)), folder / GOLDEN_FILE)
    manifest = Manifest(
        name=folder.resolve().name,
        version=version_of_bundle,
        sha256=sha256_of(path),
        input=specification,
        signal_rule=SIGNAL_RULE,
        summary=summarize(served),
        data=DATA,
        training=record,
        software={"python": platform.python_version(), **{name: version(name) for name in ("tensorflow", "keras")}},
        **_learned_from_validation(network, specification, training, validation),
    )
    write_manifest(manifest, folder)
    export_bundle(folder)
    return read_bundle(folder).manifest


def recalibrate_bundle(
    source: Bundle, folder: Path, training: Dataset, validation: Dataset, *, version_of_bundle: str
) -> Manifest:
    """Make a bundle of another one's network and input: only what a validation fold tells is learned anew.

    Args:
        source: the other bundle.
        folder: the new bundle's folder, which may be the other's own.
        training: what the network was trained on, prepared for its input.
        validation: likewise; see `write_bundle`.
        version_of_bundle: its version.
    """
    if folder.resolve() != source.folder.resolve():
        shutil.copytree(source.folder, folder, dirs_exist_ok=True)
    specification = source.manifest.input
    names = InputNames(metadata=specification.metadata_input, signal=specification.signal_input)
    network = TensorFlowNetwork(load_keras(source.keras_path), names)
    learned = _learned_from_validation(network, specification, training, validation)
    manifest = replace(
        source.manifest, name=folder.resolve().name, version=version_of_bundle, signal_rule=SIGNAL_RULE, **learned
    )
    write_manifest(manifest, folder)
    return read_bundle(folder).manifest


def _learned_from_validation(
    network: Network, specification: InputSpecification, training: Dataset, validation: Dataset
) -> dict[str, Any]:
    """Return the parts of a manifest that a validation fold tells, by their names."""
    probabilities = predict(network, validation)
    classes = tuple(
        replace(one, calibration=fit_platt(truth == 1, given))
        for one, truth, given in zip(CLASSES, validation.labels.T, probabilities.T, strict=True)
    )
    calibrated = calibrate(probabilities, classes)
    without_metadata = calibrate(predict(network, validation.without_metadata()), classes)
    return {
        "classes": classes,
        "operating_points": choose_operating_points(validation.labels, calibrated, validation.patients, MEASURED_ON),
        "abstention": fit_abstention(calibrated, training.signal, specification.lead_names),
        "quality_figures": quality_figures(validation.labels, calibrated, without_metadata, CLASS_CODES, MEASURED_ON),
    }


def golden_inputs(specification: InputSpecification) -> tuple[FloatArray, FloatArray]:
    """Return the metadata and signals of a few synthetic recordings, always the same, as the network takes them."""
    recordings = (
        replace(
            one,
            metadata=PatientMetadata(
                age_years=15.0 + 10 * index, sex=Sex.FEMALE if index % 2 else None, weight_kg=60.0 + index
            ),
        )
        for index, one in enumerate(generate_recordings(GOLDEN_COUNT))
    )
    return unmasked_inputs([model_recording(recording) for recording in recordings], specification)
