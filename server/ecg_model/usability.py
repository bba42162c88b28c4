"""Whether signals can be classified as they are: what is done about it, and what a reader or a caller is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from ecg_model.errors import InvalidRecordingError, RefusalReason, Violation, refusal
from ecg_model.manifest import SignalRule
from ecg_model.masking import MaskedSignals, mask
from ecg_model.offsets import remove_offsets
from ecg_model.preprocessing import Form, PreparedRecordings
from ecg_model.recording import STANDARD_LEADS, BoolArray, FloatArray, LeadName
from ecg_model.signal_quality.assessment import Assessment, assess
from ecg_model.signal_quality.criteria import AMPLITUDE
from ecg_model.signal_quality.identical_leads import identical_leads
from ecg_model.warning import RecordingWarning, WarningCode, in_some_windows

# No ECG has a tenth of it in half of its leads: the unit is wrong.
GREATEST_MEDIAN_RANGE_MV = 50.0

# Of a recording's windows.
MOST = 0.5

_FAULTS = {
    WarningCode.SIGNAL_FLAT: "flat",
    WarningCode.SIGNAL_AMPLITUDE: "too large",
    WarningCode.SIGNAL_NOISE: "noisy",
}


@dataclass(frozen=True, slots=True)
class UsableSignals:
    """Signals that a network may be given, and what is to be said of them.

    Attributes:
        signals: float32 millivolts [window, sample, lead], twelve leads in the standard order.
        ignored: bool [window, lead]: what tells nothing: masked leads, and all leads of windows that are left out.
        left_out: bool [window].
        warnings: for each recording.
        refusals: for each recording why it cannot be classified at all; None: it can.
    """

    signals: FloatArray
    ignored: BoolArray
    left_out: BoolArray
    warnings: tuple[tuple[RecordingWarning, ...], ...]
    refusals: tuple[InvalidRecordingError | None, ...]


def make_usable(
    prepared: PreparedRecordings, form: Form, network_rate_hz: float, rule: SignalRule | None
) -> UsableSignals:
    """Return signals that may be classified.

    Args:
        prepared: recordings at the network's rate.
        form: theirs.
        network_rate_hz: that rate.
        rule: what is done to unfit signals; None: nothing is changed or refused, only warned of.
    """
    quality = assess(prepared.signals, network_rate_hz, prepared.as_sent)
    recordings = [slice(*ends) for ends in pairwise(accumulate(map(len, prepared.offsets_seconds), initial=0))]
    warnings = tuple(
        quality.warnings(windows, STANDARD_LEADS, repeated=is_repeated)
        for windows, is_repeated in zip(recordings, prepared.is_repeated, strict=True)
    )
    if rule is None:
        return _unchanged(prepared.signals, warnings)
    too_large, all_alike = _too_large(quality), identical_leads(prepared.signals)
    masked = mask(prepared.signals, quality.unusable(), too_large | all_alike, form.lead_names, rule.maskable_leads)
    signals, offsets = remove_offsets(masked.signals, rule.greatest_offset_mv)
    if signals is prepared.signals and not masked.left_out.any():
        return _unchanged(signals, warnings)
    judged = [_Judged(quality, masked, offsets, too_large, own, form, rule.maskable_leads) for own in recordings]
    return UsableSignals(
        signals,
        masked.masked | masked.left_out[:, np.newaxis],
        masked.left_out,
        tuple((*one, *own.warnings()) for one, own in zip(warnings, judged, strict=True)),
        tuple(own.refusal() for own in judged),
    )


def _unchanged(signals: FloatArray, warnings: tuple[tuple[RecordingWarning, ...], ...]) -> UsableSignals:
    windows, _, leads = signals.shape
    nothing = np.zeros((windows, leads), dtype=np.bool_)
    return UsableSignals(signals, nothing, nothing[:, 0], warnings, (None,) * len(warnings))


def _too_large(quality: Assessment) -> BoolArray:
    with np.errstate(over="ignore"):  # the mean of the two in the middle may be beyond float32, and is large then
        large: BoolArray = np.median(quality.values(AMPLITUDE), axis=1) > GREATEST_MEDIAN_RANGE_MV
    return large


@dataclass(frozen=True, slots=True)
class _Judged:
    """One recording of which something is unusable, and what is said of it."""

    quality: Assessment
    masked: MaskedSignals
    offsets: FloatArray
    too_large: BoolArray
    windows: slice
    form: Form
    maskable_leads: int

    def warnings(self) -> tuple[RecordingWarning, ...]:
        """Return what was done that changes the probabilities."""
        left_out = self.masked.left_out[self.windows]
        # Of a window that is left out it does not matter what was masked in it.
        masked, derived = (changed[self.windows][~left_out] for changed in (self.masked.masked, self.masked.derived))
        done = [
            *_done_to_leads(WarningCode.SIGNAL_LEAD_MASKED, "was masked: the network was given 0 mV", masked),
            *_done_to_leads(WarningCode.LEAD_DERIVED, "was computed from I and II", derived),
            *_offsets_removed(np.abs(self.offsets[self.windows][~left_out])),
        ]
        if left_out.any():
            count = int(left_out.sum())
            words = f"{count} of {len(left_out)} windows left out: too much of the signal is unusable there"
            done.append(RecordingWarning(WarningCode.SIGNAL_WINDOW_LEFT_OUT, words, measured=count, unit="window"))
        return tuple(done)

    def refusal(self) -> InvalidRecordingError | None:
        """Return why nothing of the recording can be classified; None: something can."""
        if not self.masked.left_out[self.windows].all():
            return None
        if self.too_large[self.windows].mean() >= MOST:
            return refusal(
                RefusalReason.SIGNAL_OUT_OF_RANGE,
                "signal",
                f"most leads range over more than {GREATEST_MEDIAN_RANGE_MV:g} mV, which no ECG does; send millivolts, "
                "or the right microvolts_per_unit (were microvolts sent as millivolts?)",
            )
        by_lead = self.masked.masked[self.windows].T
        unusable = [name for name, masked in zip(STANDARD_LEADS, by_lead, strict=True) if masked.any()]
        if len(unusable) <= self.maskable_leads:
            return refusal(
                RefusalReason.SIGNAL_UNUSABLE, "signal", "all leads carry the same signal; send each lead its own"
            )
        return self._too_many_unusable(unusable)

    def _too_many_unusable(self, unusable: list[LeadName]) -> InvalidRecordingError:
        count = str(len(unusable)) if len(by_window := self.masked.left_out[self.windows]) == 1 else "too many"
        where = "" if len(by_window) == 1 else " in every window"
        problem = (
            f"{count} leads are unusable{where}, and at most {self.maskable_leads} may be ({self._faults(unusable)}); "
            "check the electrodes, and that the samples are millivolts"
        )
        places = [self.form.lead_names.index(name) for name in unusable if name in self.form.lead_names]
        return InvalidRecordingError(
            RefusalReason.SIGNAL_UNUSABLE, *(Violation(f"signal[{place}]", problem) for place in places)
        )

    def _faults(self, unusable: list[LeadName]) -> str:
        """Return what is wrong with which leads, such as "flat: V1, V2; not sent, and I or II is unusable: III"."""
        leads: dict[str, list[LeadName]] = {}
        for one in self.quality.measurements:
            if one.criterion.unusable_from is not None:
                by_lead = (one.values[self.windows] >= one.criterion.unusable_from).T
                at_fault = [name for name, own in zip(STANDARD_LEADS, by_lead, strict=True) if own.any()]
                leads[_FAULTS[one.criterion.code]] = [
                    name for name in unusable if name in at_fault and name in self.form.lead_names
                ]
        leads["not sent, and I or II is unusable"] = [name for name in unusable if name not in self.form.lead_names]
        return "; ".join(f"{fault}: {', '.join(names)}" for fault, names in leads.items() if names)


def _done_to_leads(code: WarningCode, what: str, changed: BoolArray) -> Iterator[RecordingWarning]:
    for column, name in enumerate(STANDARD_LEADS):
        affected = int(changed[:, column].sum())
        if affected:
            where = in_some_windows(affected, len(changed))
            yield RecordingWarning(code, f"lead {name} is unusable{where} and {what}", name)


def _offsets_removed(offsets: FloatArray) -> Iterator[RecordingWarning]:
    if offsets.any():
        greatest = float(f"{offsets.max():.4g}")
        names = [name for name, own in zip(STANDARD_LEADS, offsets.T, strict=True) if own.any()]
        leads = "all leads" if len(names) == len(STANDARD_LEADS) else ", ".join(names)
        message = f"an offset of up to {greatest:.3g} mV was removed from {leads}"
        yield RecordingWarning(WarningCode.SIGNAL_OFFSET_REMOVED, message, measured=greatest, unit="mV")
