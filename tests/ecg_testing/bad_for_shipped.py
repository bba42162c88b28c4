"""Signals that are well formed and yet none of which a shipped bundle can tell anything."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ecg.v1 import recording_pb2 as pb
from ecg_client.formats.synthetic import RHYTHMS, generate_millivolts, generate_recording
from ecg_testing.bad_recording import BadRecording
from ecg_testing.messages import ALL_LEADS, REQUIRED_LEADS, leads_recording, packed_recording

Millivolts = npt.NDArray[np.floating]

UNUSABLE, LARGE = "SIGNAL_UNUSABLE", "SIGNAL_OUT_OF_RANGE"


def _ecg() -> Millivolts:
    return generate_millivolts(RHYTHMS[0], np.random.default_rng(0))


def _everywhere(lead: int, count: int) -> Millivolts:
    return np.repeat(_ecg()[:, [lead]], count, axis=1)


# What is sent as millivolts, in the order of the leads.
_SIGNALS: tuple[tuple[str, Callable[[], Millivolts], Sequence[int], str], ...] = (
    ("all zero", lambda: np.zeros((1000, 12)), ALL_LEADS, UNUSABLE),
    ("all zero, eight leads", lambda: np.zeros((1000, 8)), REQUIRED_LEADS, UNUSABLE),
    ("all zero for half a minute", lambda: np.zeros((3000, 12)), ALL_LEADS, UNUSABLE),
    ("constant", lambda: np.tile(np.linspace(-1, 1, 12), (1000, 1)), ALL_LEADS, UNUSABLE),
    ("twelve times one lead", lambda: _everywhere(1, 12), ALL_LEADS, UNUSABLE),
    ("eight times one lead", lambda: _everywhere(1, 8), REQUIRED_LEADS, UNUSABLE),
    ("a million millivolts", lambda: _ecg() * 1e6, ALL_LEADS, LARGE),
    ("noise of a million millivolts", lambda: np.random.default_rng(0).normal(0, 1e6, (1000, 12)), ALL_LEADS, LARGE),
    ("microvolts", lambda: generate_recording(3).signal.astype(np.float64), ALL_LEADS, LARGE),
    ("a constant of a million millivolts", lambda: np.full((1000, 12), 1e6), ALL_LEADS, UNUSABLE),
)


def _packed(millivolts: Millivolts, lead_names: Sequence[int]) -> pb.Recording:
    signal = millivolts.astype(np.float32)
    return packed_recording(signal, microvolts_per_unit=1000, lead_names=lead_names)


def _lead_paths(name: str, leads: Sequence[int]) -> tuple[str, ...]:
    """Return the fields of a refusal in the readable form: every flat lead, or the signal as a whole."""
    if name.startswith(("all zero", "constant", "a constant")):
        return tuple(f"recording.leads[{index}].millivolts" for index in range(len(leads)))
    return ("recording.leads",)


BAD_FOR_SHIPPED = [
    BadRecording(
        f"{form}: {name}",
        lambda build=build, signal=signal, leads=leads: build(signal(), leads),
        reason,
        fields,
    )
    for name, signal, leads, reason in _SIGNALS
    for form, build, fields in (
        (
            "leads",
            lambda millivolts, leads: leads_recording(millivolts, lead_names=leads),
            _lead_paths(name, leads),
        ),
        ("packed", _packed, ("recording.packed_signal.samples",)),
    )
]
