"""Every way in which a signal cannot be classified."""

import numpy as np

from ecg.v1 import recording_pb2 as pb
from ecg_testing.bad_recording import FUTURE, INFINITY, NAN, BadRecording
from ecg_testing.messages import (
    ALL_LEADS,
    REQUIRED_LEADS,
    FloatArray,
    leads_recording,
    packed_recording,
    units,
)


def _leads_with(value: float, *columns: int) -> pb.Recording:
    signal = np.zeros((1000, 12))
    signal[500, list(columns)] = value
    return leads_recording(signal)


def _loud() -> FloatArray:
    return np.full((1000, 12), 2e38, dtype=np.float32)


def _floats_with(value: float, microvolts_per_unit: float = 1000) -> pb.Recording:
    signal = np.zeros((1000, 12), dtype=np.float32)
    signal[500, 3] = value
    return packed_recording(signal, microvolts_per_unit=microvolts_per_unit)


def _leads_named(*lead_names: int) -> pb.Recording:
    return leads_recording(lead_names=lead_names)


def _packed_named(*lead_names: int) -> pb.Recording:
    return packed_recording(lead_names=lead_names)


def _swapped(position: int, number: int) -> tuple[int, ...]:
    return (*ALL_LEADS[:position], number, *ALL_LEADS[position + 1 :])


def _without(number: int) -> tuple[int, ...]:
    return tuple(lead for lead in ALL_LEADS if lead != number)


def _unequal() -> pb.Recording:
    recording = leads_recording()
    del recording.leads[4].millivolts[-1]
    recording.leads[7].millivolts.append(0.0)
    return recording


def _both_forms() -> pb.Recording:
    recording = leads_recording()
    recording.packed_signal.CopyFrom(packed_recording().packed_signal)
    return recording


def _without_signal() -> pb.Recording:
    return pb.Recording(sample_rate_hz=100)


def _packed(**changes: object) -> pb.Recording:
    recording = packed_recording()
    for field, value in changes.items():
        setattr(recording.packed_signal, field, value)
    return recording


def signal_cases() -> list[BadRecording]:
    """Return what is wrong with a signal."""
    no_form = ("recording.leads", "recording.packed_signal")
    return [
        BadRecording("no signal", _without_signal, "SIGNAL_MISSING", no_form),
        BadRecording("an empty recording", pb.Recording, "SIGNAL_MISSING", no_form),
        BadRecording("both signal forms", _both_forms, "SIGNAL_AMBIGUOUS", no_form),
        BadRecording(
            "leads of unequal length",
            _unequal,
            "LEAD_LENGTHS_DIFFER",
            ("recording.leads[4].millivolts", "recording.leads[7].millivolts"),
        ),
        *(
            BadRecording(
                f"{value} in lead 3",
                lambda value=value: _leads_with(value, 3),
                "SAMPLE_NOT_FINITE",
                ("recording.leads[3].millivolts",),
            )
            for value in (NAN, INFINITY, -INFINITY)
        ),
        BadRecording(
            "NaN in two leads",
            lambda: _leads_with(NAN, 0, 11),
            "SAMPLE_NOT_FINITE",
            ("recording.leads[0].millivolts", "recording.leads[11].millivolts"),
        ),
        BadRecording(
            "samples that make the network overflow",
            lambda: leads_recording(_loud()),
            "SIGNAL_OUT_OF_RANGE",
            ("recording.leads",),
        ),
        *(
            BadRecording(
                f"{samples} samples in leads",
                lambda samples=samples: leads_recording(np.zeros((samples, 12))),
                "SAMPLE_COUNT_UNSUPPORTED",
                ("recording.leads",),
            )
            for samples in (0, 1, 240, 249, 60_001)
        ),
        BadRecording(
            "2.4 s at another rate",
            lambda: leads_recording(np.zeros((1200, 12)), rate_hz=500),
            "SAMPLE_COUNT_UNSUPPORTED",
            ("recording.leads",),
        ),
    ]


def lead_cases() -> list[BadRecording]:
    """Return what is wrong with its leads, in both forms."""
    cases = []
    for form, build, path in (
        ("leads", _leads_named, "recording.leads[{}].name"),
        ("packed", _packed_named, "recording.packed_signal.lead_names[{}]"),
    ):
        whole = "recording.leads" if form == "leads" else "recording.packed_signal.lead_names"
        cases += [
            BadRecording(f"{form}: {name}", lambda build=build, leads=leads: build(*leads), reason, fields)
            for name, leads, reason, fields in (
                ("an unspecified lead", _swapped(3, 0), "LEAD_UNKNOWN", (path.format(3),)),
                ("a lead from the future", _swapped(3, FUTURE), "LEAD_UNKNOWN", (path.format(3),)),
                ("a repeated lead", _swapped(5, 1), "LEAD_REPEATED", (path.format(5),)),
                *((f"lead {lead} missing", _without(lead), "LEAD_MISSING", (whole,)) for lead in REQUIRED_LEADS),
                ("one lead alone", (1,), "LEAD_MISSING", (whole,)),
                ("a thirteenth lead that is new", (*ALL_LEADS, 13), "LEAD_UNKNOWN", (path.format(12),)),
                ("a thirteenth lead that is known", (*ALL_LEADS, 1), "LEAD_REPEATED", (path.format(12),)),
                # However many there are, what is said of them stays small: gRPC bounds the size of a status.
                ("unknown leads by the thousand", (FUTURE,) * 5000, "LEAD_UNKNOWN", tuple(map(path.format, range(13)))),
                ("one lead by the thousand", (1,) * 5000, "LEAD_REPEATED", tuple(map(path.format, range(1, 13)))),
            )
        ]
    return cases


def packed_cases() -> list[BadRecording]:
    """Return what is wrong with a packed signal."""
    samples, gain = "recording.packed_signal.samples", "recording.packed_signal.microvolts_per_unit"
    one_sample_short = units().T.tobytes()[:-2]
    return [
        BadRecording(
            "packed: no lead names",
            lambda: packed_recording(lead_names=()),
            "LEAD_MISSING",
            ("recording.packed_signal.lead_names",),
        ),
        *(
            BadRecording(f"packed: {name}", lambda data=data: _packed(samples=data), "PACKED_LENGTH_WRONG", (samples,))
            for name, data in (("one byte short", one_sample_short + b"\0"), ("one sample short", one_sample_short))
        ),
        *(
            BadRecording(
                f"packed: {count} samples",
                lambda count=count: packed_recording(np.zeros((count, 12), dtype=np.int16)),
                "SAMPLE_COUNT_UNSUPPORTED",
                (samples,),
            )
            for count in (0, 240, 249)
        ),
        BadRecording(
            "packed: longer than ten minutes, and no numbers, which nobody gets as far as to find out",
            lambda: packed_recording(np.full((60_001, 12), NAN, dtype=np.float32)),
            "SAMPLE_COUNT_UNSUPPORTED",
            (samples,),
        ),
        *(
            BadRecording(
                f"packed: {name} format",
                lambda number=number: _packed(format=number),
                "SAMPLE_FORMAT_UNKNOWN",
                ("recording.packed_signal.format",),
            )
            for name, number in (("unspecified", 0), ("a future", FUTURE))
        ),
        *(
            BadRecording(
                f"packed: {value} microvolts per unit",
                lambda value=value: _packed(microvolts_per_unit=value),
                "GAIN_INVALID",
                (gain,),
            )
            for value in (0.0, -1.0, NAN, INFINITY)
        ),
        *(
            BadRecording(
                f"packed: {name}",
                lambda value=value, factor=factor: _floats_with(value, factor),
                "SAMPLE_NOT_FINITE",
                (samples,),
            )
            for name, value, factor in (
                ("NaN at 1 mV a unit", NAN, 1000),
                ("NaN at 1 µV a unit", NAN, 1),
                ("infinity", INFINITY, 1000),
                ("a product too large for float32", 1e38, 1e6),
                ("a product too large for float64", 1e38, 1e300),
            )
        ),
        BadRecording(
            "packed: samples that make the network overflow",
            lambda: packed_recording(_loud(), microvolts_per_unit=1000),
            "SIGNAL_OUT_OF_RANGE",
            (samples,),
        ),
        BadRecording(
            "packed: integers and a gain too large for float32",
            lambda: packed_recording(units([2]), microvolts_per_unit=1e300),
            "SAMPLE_NOT_FINITE",
            (samples,),
        ),
    ]
