"""Recordings of fewer than ten seconds: pieces of the originals, as served and lengthened in other ways."""

from collections.abc import Iterator

from ecg_evaluation.recording_forms.asked import Asked
from ecg_evaluation.recording_forms.asking import ask
from ecg_evaluation.recording_forms.findings import FormFigures
from ecg_evaluation.recording_forms.originals import SAMPLE_RATE_HZ
from ecg_evaluation.recording_forms.padding import PADDINGS, SERVED_PADDING
from ecg_model.recording import FloatArray

LENGTHS_SECONDS = (2.5, 5.0, 8.0)
POSITIONS = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""Where in the original a piece lies: the share of what is left that comes before it."""

COMPARED_POSITION = "middle"


def measure_short(asked: Asked) -> Iterator[FormFigures]:
    """Yield the figures of pieces of each length from three places, as served."""
    for seconds in LENGTHS_SECONDS:
        for position in POSITIONS:
            answers = ask(asked.classifier, asked.originals.sent_as(piece(asked.originals.signals, seconds, position)))
            form = f"{seconds:g} s, {position}"
            yield asked.against_originals.figures(form, SERVED_PADDING, answers.probabilities, is_served=True)


def measure_paddings(asked: Asked) -> Iterator[FormFigures]:
    """Yield the figures of pieces of each length from the middle, filled by each rule."""
    for seconds in LENGTHS_SECONDS:
        pieces = piece(asked.originals.signals, seconds, COMPARED_POSITION)
        for rule, pad in PADDINGS.items():
            # Half a window of 0 mV would be masked as a dead electrode; here it is to be seen.
            answers = ask(asked.as_they_are, asked.originals.sent_as(pad(pieces, asked.originals.signals.shape[1])))
            is_served = rule == SERVED_PADDING
            yield asked.against_originals.figures(f"{seconds:g} s", rule, answers.probabilities, is_served=is_served)


def piece(signals: FloatArray, seconds: float, position: str) -> FloatArray:
    """Return so many seconds [recording, sample, lead] of signals at 100 Hz."""
    count = round(seconds * SAMPLE_RATE_HZ)
    start = round(POSITIONS[position] * (signals.shape[1] - count))
    return signals[:, start : start + count]
