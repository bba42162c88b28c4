"""Other rates and other leads that tell the same: what should change nothing, and how little it changes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.ptbxl import PtbxlRow, read_record, read_table
from ecg_client.recording import Recording as FileRecording
from ecg_evaluation.arrays import Floats
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.model_recording import model_recording
from ecg_evaluation.recording_forms.asked import Asked
from ecg_evaluation.recording_forms.asking import ask
from ecg_evaluation.recording_forms.comparing import agreement
from ecg_evaluation.recording_forms.findings import Agreement, FormFigures, LeadAgreement
from ecg_evaluation.recording_forms.originals import ALL_LEADS, SECONDS
from ecg_model.classifier import Classifier
from ecg_model.leads import INDEPENDENT_LEADS
from ecg_model.recording import FloatArray, Recording
from ecg_model.resampling import resample

FAST_HZ = 500
SLOW_HZ = (50.0, 62.5, 80.0)

ENDS = 10
"""Samples at either end, at 100 Hz, that are not compared lead by lead: PTB-XL's files at 500 Hz end in 0.1 s of one
value, those at 100 Hz do not, and begin with the transient of a filter."""

MAINS_HZ = (50, 60)
MAINS_MILLIVOLTS = 0.1
"""What a badly earthed recorder adds to every lead: the amplitude of a sine."""

_DIGITS = 5


def measure_leads(asked: Asked) -> Iterator[Agreement]:
    """Yield how far probabilities move when leads come in another order, and when only eight are sent."""
    usual, signals = asked.answers.probabilities, asked.originals.signals
    backwards = ask(asked.classifier, asked.originals.sent_as(signals[..., ::-1], lead_names=ALL_LEADS[::-1]))
    yield agreement("the leads in another order", backwards.probabilities, usual)
    eight = [ALL_LEADS.index(name) for name in INDEPENDENT_LEADS]
    derived = ask(asked.classifier, asked.originals.sent_as(signals[..., eight], lead_names=INDEPENDENT_LEADS))
    yield agreement("I, II and V1 to V6 only", derived.probabilities, usual)


def measure_slow(asked: Asked) -> Iterator[FormFigures]:
    """Yield the figures at rates below the network's, at which part of what it learned from is not there."""
    for rate in SLOW_HZ:
        signals = resampled(asked.originals.signals, round(rate * SECONDS))
        answers = ask(asked.classifier, asked.originals.sent_as(signals, sample_rate_hz=rate))
        yield asked.against_originals.figures(f"{rate:g} Hz", "resampled", answers.probabilities, is_served=True)


@dataclass(frozen=True, slots=True)
class BothRates:
    """The recordings that PTB-XL has been downloaded of at both of its rates, in the same order.

    Attributes:
        fast: at 500 Hz.
        slow: at 100 Hz.
    """

    fast: tuple[Recording, ...]
    slow: tuple[Recording, ...]


def read_both_rates(folder: Path) -> BothRates:
    """Return all recordings that are there at 500 Hz, whatever their fold and labels.

    Raises:
        EvaluationError: there is none.
    """
    pairs = [
        (model_recording(fast), model_recording(read_record(folder, row)))
        for row in read_table(folder)
        if (fast := _read_if_there(folder, row)) is not None
    ]
    if not pairs:
        raise EvaluationError(f"{folder} has no recording at {FAST_HZ} Hz: download some of records500")
    return BothRates(*(tuple(recordings) for recordings in zip(*pairs, strict=True)))


def _read_if_there(folder: Path, row: PtbxlRow) -> FileRecording | None:
    """Return a recording at 500 Hz; None where it was not downloaded: many have PTB-XL at 100 Hz only."""
    try:
        return read_record(folder, row, FAST_HZ)
    except UnreadableFileError:
        return None


def measure_fast(classifier: Classifier, both: BothRates) -> Iterator[Agreement]:
    """Yield how far probabilities of recordings at 500 Hz are from those of PTB-XL's own at 100 Hz.

    As they are, and with the ends of those at 100 Hz, so that nothing but the resampling differs.
    """
    usual = ask(classifier, both.slow).probabilities
    yield agreement(f"{FAST_HZ} Hz", ask(classifier, both.fast).probabilities, usual)
    spliced = (
        replace(slow, signal=np.concatenate([slow.signal[:ENDS], inner, slow.signal[-ENDS:]]))
        for slow, inner in zip(both.slow, _resampled_to(both)[:, ENDS:-ENDS], strict=True)
    )
    yield agreement(f"{FAST_HZ} Hz, with the ends of 100 Hz", ask(classifier, spliced).probabilities, usual)
    for hertz in MAINS_HZ:
        form = f"{FAST_HZ} Hz, with {MAINS_MILLIVOLTS:g} mV of {hertz} Hz mains"
        yield agreement(form, ask(classifier, (_with_mains(one, hertz) for one in both.fast)).probabilities, usual)


def _with_mains(recording: Recording, hertz: float) -> Recording:
    seconds = np.arange(len(recording.signal)) / recording.sample_rate_hz
    # The crests fall on samples at 100 Hz: at 50 Hz a sine would vanish between them.
    mains = MAINS_MILLIVOLTS * np.cos(2 * np.pi * hertz * seconds)
    return replace(recording, signal=recording.signal + mains[:, np.newaxis].astype(np.float32))


def compare_leads(both: BothRates) -> Iterator[LeadAgreement]:
    """Yield how well each lead, resampled from 500 Hz, agrees with PTB-XL's own at 100 Hz; without the ends."""
    own = np.stack([one.signal for one in both.slow])[:, ENDS:-ENDS]
    made = _resampled_to(both)[:, ENDS:-ENDS]
    for column, name in enumerate(ALL_LEADS):
        correlations = _correlations(made[..., column], own[..., column])
        yield LeadAgreement(
            lead=str(name),
            median=round(float(np.median(correlations)), _DIGITS),
            least=round(float(correlations.min()), _DIGITS),
            difference_mv=round(float(np.abs(made[..., column] - own[..., column]).mean()), _DIGITS),
        )


def _correlations(signals: FloatArray, others: FloatArray) -> Floats:
    """Return the correlation of each recording [recording] of one lead [recording, sample]; a flat one has none."""
    pairs = zip(signals, others, strict=True)
    return np.array([np.corrcoef(one, other)[0, 1] for one, other in pairs if one.std() and other.std()])


def _resampled_to(both: BothRates) -> FloatArray:
    """Return the recordings at 500 Hz resampled to 100 Hz as the service does."""
    return resampled(np.stack([one.signal for one in both.fast]), len(both.slow[0].signal))


def resampled(signals: FloatArray, sample_count: int) -> FloatArray:
    """Return signals of ten seconds [recording, sample, lead] with so many samples, as the service resamples."""
    result = np.empty((len(signals), sample_count, signals.shape[2]), dtype=np.float32)
    resample(signals, result, SECONDS)
    return result
