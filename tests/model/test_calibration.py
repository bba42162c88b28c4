"""From what a network says to probabilities that come true as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecg_model.calibration import calibrate
from ecg_model.manifest import Calibration, ClassSpecification
from ecg_model.recording import FloatArray

IDENTITY = Calibration()

probabilities = st.floats(0, 1, width=32)
calibrations = st.builds(Calibration, slope=st.floats(1e-3, 1e3), intercept=st.floats(-1e3, 1e3))


def classes_with(*of_each: Calibration) -> tuple[ClassSpecification, ...]:
    """Return classes with these calibrations."""
    return tuple(
        ClassSpecification(code=str(index), display_name="", calibration=one) for index, one in enumerate(of_each)
    )


def calibrated(calibration: Calibration, *of_network: float) -> FloatArray:
    """Return the calibrated probabilities of one class in several recordings."""
    column = np.array(of_network, dtype=np.float32)[:, np.newaxis]
    return calibrate(column, classes_with(calibration))[:, 0]


def test_odds_are_raised_to_the_slope_and_multiplied_by_the_intercepts_exponential() -> None:
    """Even odds times three are 0.75; odds of four squared are 16 to 1."""
    np.testing.assert_allclose(calibrated(Calibration(intercept=math.log(3)), 0.5), [0.75], rtol=1e-6)
    np.testing.assert_allclose(calibrated(Calibration(slope=2), 0.5, 0.8, 0.2), [0.5, 16 / 17, 1 / 17], rtol=1e-6)


def test_each_class_has_its_own() -> None:
    """A column is calibrated by its class."""
    classes = classes_with(IDENTITY, Calibration(intercept=math.log(3)))
    given_both = np.full((2, 2), 0.5, dtype=np.float32)

    np.testing.assert_allclose(calibrate(given_both, classes), [[0.5, 0.75]] * 2, rtol=1e-6)


@given(arrays(np.float32, (4, 2), elements=probabilities), calibrations)
def test_a_class_without_a_calibration_keeps_every_bit(of_network: FloatArray, other: Calibration) -> None:
    """Whether or not another class has one."""
    alone = calibrate(of_network, classes_with(IDENTITY, IDENTITY))
    beside = calibrate(of_network, classes_with(IDENTITY, other))

    assert alone.tobytes() == of_network.tobytes()
    assert beside[:, 0].tobytes() == of_network[:, 0].tobytes()


@given(st.lists(probabilities, min_size=2, max_size=20), calibrations)
def test_the_order_of_recordings_is_kept(of_network: list[float], calibration: Calibration) -> None:
    """A greater probability never becomes the smaller one, so that no AUC changes."""
    assert (np.diff(calibrated(calibration, *sorted(of_network))) >= 0).all()


@given(
    st.integers(1, 98),
    st.builds(Calibration, slope=st.floats(0.25, 2), intercept=st.floats(-4, 4)),
)
def test_what_differed_still_differs(percent: int, calibration: Calibration) -> None:
    """With the calibrations that occur: a hundredth more is strictly more."""
    less, more = calibrated(calibration, percent / 100, (percent + 1) / 100)

    assert less < more


@given(st.lists(probabilities, min_size=1), calibrations)
def test_what_comes_out_is_a_probability(of_network: list[float], calibration: Calibration) -> None:
    """Whatever the calibration: float32 from 0 to 1, no NaN and no overflow; impossible and certain stay so."""
    result = calibrated(calibration, *of_network, 0.0, 1.0)

    assert result.dtype == np.float32
    assert ((result >= 0) & (result <= 1)).all()
    assert result[-2:].tolist() == [0, 1]


@given(arrays(np.float32, (6, 3), elements=probabilities), st.tuples(calibrations, calibrations, calibrations))
def test_a_neighbour_never_changes_an_answer(
    of_network: FloatArray, of_each: tuple[Calibration, Calibration, Calibration]
) -> None:
    """Alone or in a batch: the same to 1e-6."""
    classes = classes_with(*of_each)
    alone = np.concatenate([calibrate(row[np.newaxis], classes) for row in of_network])

    np.testing.assert_allclose(calibrate(of_network, classes), alone, atol=1e-6, rtol=0)


@pytest.mark.parametrize("wrong", [{"slope": 0.0}, {"slope": -1.0}, {"slope": math.inf}, {"intercept": math.nan}])
def test_a_calibration_that_would_lose_the_order_is_refused(wrong: dict[str, float]) -> None:
    """A slope of 0 makes all recordings alike, one below 0 turns them round."""
    with pytest.raises(ValueError, match=rf"slope must be above 0 .* not .*{next(iter(wrong.values()))}"):
        Calibration(**wrong)
