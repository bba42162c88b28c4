"""One figure that orders recordings by how unsure the model is of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecg_model.recording import FloatArray
from ecg_model.uncertainty import uncertainty

batches = arrays(np.float32, (4, 5), elements=st.floats(0, 1, width=32))


def of_one(*probabilities: float) -> float:
    """Return the uncertainty of one recording."""
    return float(uncertainty(np.array([probabilities], dtype=np.float32))[0])


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ((0.5, 0.5, 0.5), 1),
        ((0, 1, 1), 0),
        ((0.5, 0), 0.5),
        ((0.25,), 0.8112781),
        ((0.75,), 0.8112781),
    ],
)
def test_it_is_the_mean_entropy_in_bits(probabilities: tuple[float, ...], expected: float) -> None:
    """An even chance is one bit, a certainty none; which way a certainty goes does not matter."""
    assert of_one(*probabilities) == pytest.approx(expected, abs=1e-6)


@given(batches)
def test_it_is_from_0_to_1(probabilities: FloatArray) -> None:
    """One float32 for each recording, whatever the probabilities."""
    result = uncertainty(probabilities)

    assert (result.dtype, result.shape) == (np.float32, (4,))
    assert ((result >= 0) & (result <= 1)).all()


@given(batches)
def test_yes_and_no_are_equally_sure(probabilities: FloatArray) -> None:
    """A probability and its complement give the same."""
    np.testing.assert_allclose(uncertainty(1 - probabilities), uncertainty(probabilities), atol=1e-6)


@given(batches, st.floats(0, 1))
def test_nearer_to_an_even_chance_is_never_surer(probabilities: FloatArray, share: float) -> None:
    """Moving every probability towards 0.5 never lessens it."""
    nearer = (probabilities + np.float32(share) * (np.float32(0.5) - probabilities)).astype(np.float32)

    assert (uncertainty(nearer) >= uncertainty(probabilities) - np.float32(1e-6)).all()


@given(batches)
def test_a_neighbour_never_changes_an_answer(probabilities: FloatArray) -> None:
    """Alone or in a batch: the same to 1e-6."""
    alone = np.concatenate([uncertainty(row[np.newaxis]) for row in probabilities])

    np.testing.assert_allclose(uncertainty(probabilities), alone, atol=1e-6)


def test_what_is_no_probability_stays_within_the_range() -> None:
    """A network of somebody's own may end in no sigmoid: the figure is in its range all the same."""
    assert 0 <= of_one(-3.0, 7.5, 0.5) <= 1
