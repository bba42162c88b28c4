"""One network out of several: networks of different shapes err differently, and their mean errs less."""

from collections.abc import Sequence

import keras
from keras import layers

from ecg_model.bundle import Bundle
from ecg_model.errors import BundleError
from ecg_model.keras_file import load_keras
from ecg_training.network import REFERENCE_INPUTS


def combine(bundles: Sequence[Bundle]) -> keras.Model:
    """Return the network whose probabilities are the mean of what the bundles' networks say, before calibration.

    Raises:
        BundleError: a bundle's network does not take what the first one's takes.
    """
    specification = bundles[0].manifest.input
    for bundle in bundles:
        if bundle.manifest.input != specification:
            raise BundleError(bundle.folder, f"its network takes another input than that of {bundles[0].folder}")
    metadata = keras.Input((len(specification.metadata),), name=REFERENCE_INPUTS.metadata)
    signal = keras.Input((specification.sample_count, len(specification.lead_names)), name=REFERENCE_INPUTS.signal)
    members = [_member(bundle) for bundle in bundles]
    outputs = [member([metadata, signal]) for member in members]
    return keras.Model([metadata, signal], layers.Average(name="probabilities")(outputs), name="ensemble")


def _member(bundle: Bundle) -> keras.Model:
    """Return a bundle's network under the bundle's name, as which it stands in the summary."""
    network = load_keras(bundle.keras_path)
    return keras.Model(network.inputs, network.outputs[0], name=bundle.manifest.name)


def record_of(bundles: Sequence[Bundle]) -> dict[str, str | int | float]:
    """Return how the members were trained, each under its own name."""
    record: dict[str, str | int | float] = {"network": "ensemble"}
    for bundle in bundles:
        manifest = bundle.manifest
        record[manifest.name] = f"{manifest.version}, SHA-256 {manifest.sha256}"
        record |= {f"{manifest.name}_{name}": value for name, value in manifest.training.items()}
    return record
