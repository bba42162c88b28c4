"""Networks that have learned nothing: the same layers, their weights shuffled."""

from typing import Any

import numpy as np

from ecg_evaluation.arrays import Floats
from ecg_model.bundle import Bundle
from ecg_model.keras_file import InputNames, load_keras
from ecg_model.tensorflow_network import TensorFlowNetwork


def shuffled_network(bundle: Bundle, seed: int) -> TensorFlowNetwork:
    """Return a bundle's network with the numbers of each kernel in another order.

    What normalises stays as it is, so that the network still sees signals of the size that it knows.

    Adebayo et al., Sanity checks for saliency maps, 2018.
    """
    model, random = load_keras(bundle.keras_path), np.random.default_rng(seed)
    for weight in model.weights:
        _shuffle(weight, random)
    names = bundle.manifest.input
    return TensorFlowNetwork(model, InputNames(metadata=names.metadata_input, signal=names.signal_input))


def _shuffle(weight: Any, random: np.random.Generator) -> None:
    values = np.asarray(weight.numpy())
    if values.ndim > 1:
        weight.assign(random.permutation(values.ravel()).reshape(values.shape))


def rank_correlation(one: Floats, other: Floats) -> float:
    """Return Spearman's correlation of two lists of numbers; 0 where one of them is all the same."""
    if not (np.ptp(one) and np.ptp(other)):
        return 0.0
    ranks = (np.argsort(np.argsort(each, kind="stable")) - (len(each) - 1) / 2 for each in (one, other))
    first, second = ranks
    return float(first @ second / (first @ first))


def size_by_chance(count: int, seed: int, draws: int = 10_000) -> float:
    """Return the mean size of the rank correlation of two lists of so many numbers, drawn at random."""
    ranks = np.arange(count) - (count - 1) / 2
    drawn = np.random.default_rng(seed).permuted(np.tile(ranks, (draws, 1)), axis=1)
    return float(np.abs(drawn @ ranks / (ranks @ ranks)).mean())
