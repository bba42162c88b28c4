import numpy as np
import pytest

from ecg_evaluation.recording_forms.padding import PADDINGS, SERVED_PADDING
from ecg_model.windows import repeated

SHORT = np.array([1, 2, 4], dtype=np.float32).reshape(1, 3, 1)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (SERVED_PADDING, [1, 2, 4, 1, 2, 4, 1, 2]),
        ("mirrored back and forth", [1, 2, 4, 4, 2, 1, 1, 2]),
        ("followed by 0 mV", [1, 2, 4, 0, 0, 0, 0, 0]),
        ("amid 0 mV", [0, 0, 1, 2, 4, 0, 0, 0]),
        ("followed by each lead's mean", [1, 2, 4, *[7 / 3] * 5]),
        ("followed by each lead's last sample", [1, 2, 4, 4, 4, 4, 4, 4]),
    ],
)
def test_three_samples_become_eight(rule: str, expected: list[float]) -> None:
    """By each rule, as its name says."""
    padded = PADDINGS[rule](SHORT, 8)

    assert padded.dtype == np.float32
    np.testing.assert_allclose(padded[0, :, 0], expected, rtol=1e-6)


def test_what_is_called_served_is_what_the_service_does() -> None:
    """The same samples, whatever the length."""
    signal = np.arange(300, dtype=np.float32).reshape(1, 300, 1)

    assert np.array_equal(PADDINGS[SERVED_PADDING](signal, 1000)[0], signal[0][repeated(300, 1000)])


def test_on_the_beat_a_rhythm_goes_on() -> None:
    """A rhythm of 0.8 s in 2.5 s is continued without a seam: three whole beats are repeated."""
    time = np.arange(1000)
    rhythm = np.sin(2 * np.pi * time / 80).astype(np.float32).reshape(1, 1000, 1)

    continued = PADDINGS["repeated on the beat"](rhythm[:, :250], 1000)

    np.testing.assert_allclose(continued, rhythm, atol=1e-5)
