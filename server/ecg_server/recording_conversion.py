"""From the wire's recordings to the model's. Pure functions; no loop over samples."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ecg.v1 import recording_pb2 as pb
from ecg_model.errors import InvalidRecordingError, RefusalReason, Violation, refusal
from ecg_model.limits import refuse_extent
from ecg_model.recording import (
    FloatArray,
    InfarctionStage,
    LeadName,
    PatientMetadata,
    Recording,
    Sex,
    refuse_repeated_leads,
)

Choice = TypeVar("Choice")

MAXIMUM_RECORDING_ID_BYTES = 256
MICROVOLTS_PER_MILLIVOLT = 1000.0
FLOAT32_BYTES = 4

LEAD_NAMES: dict[int, LeadName] = {pb.LeadName.Value(f"LEAD_NAME_{name.name}"): name for name in LeadName}
SEXES: dict[int, Sex] = {pb.Sex.Value(f"SEX_{sex.name}"): sex for sex in Sex}
INFARCTION_STAGES: dict[int, InfarctionStage] = {
    pb.InfarctionStage.Value(f"INFARCTION_STAGE_{stage.name}"): stage for stage in InfarctionStage
}
SAMPLE_TYPES: dict[int, np.dtype[Any]] = {
    pb.SAMPLE_FORMAT_INT16_LE: np.dtype("<i2"),
    pb.SAMPLE_FORMAT_FLOAT32_LE: np.dtype("<f4"),
}


def recording_from_proto(message: pb.Recording) -> Recording:
    """Return the recording that a message holds.

    Raises:
        InvalidRecordingError: it holds none; `at_message_paths` tells where in the message the fault lies.
    """
    _refuse_long_id(message.recording_id)
    lead_names, signal = _signal_from_proto(message)
    return Recording(
        signal=signal,
        sample_rate_hz=message.sample_rate_hz,
        lead_names=lead_names,
        metadata=_metadata_from_proto(message.metadata),
    )


def signal_byte_count(message: pb.Recording) -> int:
    """Return how large the signal of a message is, in whichever form, right or wrong."""
    # Of more leads than there are nothing is decoded, so they are not counted either: there may be millions.
    leads = message.leads[: len(LeadName)]
    return len(message.packed_signal.samples) + sum(len(lead.millivolts) for lead in leads) * FLOAT32_BYTES


def at_message_paths(error: InvalidRecordingError, *, is_packed: bool) -> InvalidRecordingError:
    """Return the same error with its fields as paths in the message, beginning at "recording".

    What the model calls "signal[3]" is "recording.leads[3].millivolts" or lies in "recording.packed_signal.samples".
    """
    to_path = _packed_path if is_packed else _leads_path
    violations = (
        Violation(f"recording.{to_path(one.field)}" if one.field else "recording", one.description)
        for one in error.violations
    )
    # In a packed signal all leads lie in one field: what is said of several of them is said once.
    return InvalidRecordingError(error.reason, *dict.fromkeys(violations))


def _leads_path(field: str) -> str:
    name, bracket, index = field.partition("[")
    match name:
        case "signal":
            return f"leads[{index}.millivolts" if bracket else "leads"
        case "lead_names":
            return f"leads[{index}.name" if bracket else "leads"
        case _:
            return field


def _packed_path(field: str) -> str:
    name, bracket, index = field.partition("[")
    match name:
        case "signal":
            return "packed_signal.samples"
        case "lead_names":
            return f"packed_signal.{name}{bracket}{index}"
        case _:
            return field


def _refuse_long_id(recording_id: str) -> None:
    if len(recording_id.encode()) > MAXIMUM_RECORDING_ID_BYTES:
        raise refusal(
            RefusalReason.RECORDING_ID_TOO_LONG,
            "recording_id",
            f"recording_id is longer than {MAXIMUM_RECORDING_ID_BYTES} bytes of UTF-8; shorten it or leave it out",
        )


def _signal_from_proto(message: pb.Recording) -> tuple[tuple[LeadName, ...], FloatArray]:
    has_packed_signal = message.HasField("packed_signal")
    if message.leads and has_packed_signal:
        raise _refuse_form(RefusalReason.SIGNAL_AMBIGUOUS, "both are set; send the signal in one of the two forms")
    if has_packed_signal:
        return _packed_signal_from_proto(message.packed_signal, message.sample_rate_hz)
    if message.leads:
        return _leads_from_proto(message.leads, message.sample_rate_hz)
    raise _refuse_form(RefusalReason.SIGNAL_MISSING, "there is no signal; send leads, or packed_signal")


def _refuse_form(reason: RefusalReason, problem: str) -> InvalidRecordingError:
    return InvalidRecordingError(reason, Violation("leads", problem), Violation("packed_signal", problem))


def _leads_from_proto(leads: Sequence[pb.Lead], sample_rate_hz: float) -> tuple[tuple[LeadName, ...], FloatArray]:
    lead_names = _lead_names_from_proto([lead.name for lead in leads[: len(LeadName) + 1]])
    lengths = [len(lead.millivolts) for lead in leads]
    if len(set(lengths)) > 1:
        raise _refuse_unequal_lengths(lead_names, lengths)
    refuse_extent(lengths[0], sample_rate_hz)
    signal = np.empty((lengths[0], len(leads)), dtype=np.float32, order="F")
    for column, lead in zip(signal.T, leads, strict=True):
        column[:] = np.asarray(lead.millivolts)
    return lead_names, signal


def _refuse_unequal_lengths(lead_names: tuple[LeadName, ...], lengths: list[int]) -> InvalidRecordingError:
    return InvalidRecordingError(
        RefusalReason.LEAD_LENGTHS_DIFFER,
        *(
            Violation(
                f"signal[{index}]",
                f"lead {name} has {length} samples and lead {lead_names[0]} has {lengths[0]}; send leads of one length",
            )
            for index, (name, length) in enumerate(zip(lead_names, lengths, strict=True))
            if length != lengths[0]
        ),
    )


def _packed_signal_from_proto(
    packed: pb.PackedSignal, sample_rate_hz: float
) -> tuple[tuple[LeadName, ...], FloatArray]:
    lead_names = _lead_names_from_proto(packed.lead_names)
    sample_type = _sample_type(packed.format)
    _refuse_bad_gain(packed.microvolts_per_unit)
    samples = packed.samples
    _refuse_bad_length(len(samples), len(lead_names), sample_type.itemsize)
    refuse_extent(len(samples) // (len(lead_names) * sample_type.itemsize), sample_rate_hz)
    units = np.frombuffer(samples, dtype=sample_type).reshape(len(lead_names), -1)
    return lead_names, _millivolts(units, packed.microvolts_per_unit).T


def _millivolts(units: npt.NDArray[Any], microvolts_per_unit: float) -> FloatArray:
    # The contract computes in double precision. For the two gains that nearly all recordings have, float32 gives the
    # same bits at a third of the cost: times 1000 over 1000 is exact, and a quotient of two float32 numbers that is
    # rounded to double first rounds to the same float32.
    if microvolts_per_unit == MICROVOLTS_PER_MILLIVOLT:
        return units.astype(np.float32)
    if microvolts_per_unit == 1:
        return units.astype(np.float32) / np.float32(MICROVOLTS_PER_MILLIVOLT)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused as not finite
        microvolts = units.astype(np.float64)
        microvolts *= microvolts_per_unit
        microvolts /= MICROVOLTS_PER_MILLIVOLT
        return microvolts.astype(np.float32)


def _sample_type(number: int) -> np.dtype[Any]:
    if number not in SAMPLE_TYPES:
        raise refusal(
            RefusalReason.SAMPLE_FORMAT_UNKNOWN,
            "packed_signal.format",
            "format is unspecified or unknown; send SAMPLE_FORMAT_INT16_LE or SAMPLE_FORMAT_FLOAT32_LE",
        )
    return SAMPLE_TYPES[number]


def _refuse_bad_gain(microvolts_per_unit: float) -> None:
    if not 0 < microvolts_per_unit < float("inf"):
        raise refusal(
            RefusalReason.GAIN_INVALID,
            "packed_signal.microvolts_per_unit",
            "microvolts_per_unit must be above 0 and finite; send 1000 when the samples are millivolts",
        )


def _refuse_bad_length(byte_count: int, lead_count: int, sample_bytes: int) -> None:
    if lead_count == 0:
        raise refusal(RefusalReason.LEAD_MISSING, "lead_names", "lead_names is empty; name the leads of the samples")
    if byte_count % (lead_count * sample_bytes):
        raise refusal(
            RefusalReason.PACKED_LENGTH_WRONG,
            "packed_signal.samples",
            f"samples has {byte_count} bytes, which {lead_count} leads of {sample_bytes}-byte samples cannot share "
            "equally; send (leads x samples of a lead x bytes of a sample) bytes",
        )


def _lead_names_from_proto(numbers: Sequence[int]) -> tuple[LeadName, ...]:
    # Of more leads than there are, the first thirteen hold a fault already: neither the time to find it nor what is
    # said of it grows with the message.
    lead_names = _known_lead_names(tuple(numbers[: len(LeadName) + 1]))
    if len(lead_names) > len(LeadName):
        refuse_repeated_leads(lead_names)
    return lead_names


@lru_cache(maxsize=64)
def _known_lead_names(numbers: tuple[int, ...]) -> tuple[LeadName, ...]:
    unknown = [index for index, number in enumerate(numbers) if number not in LEAD_NAMES]
    if unknown:
        raise InvalidRecordingError(
            RefusalReason.LEAD_UNKNOWN,
            *(
                Violation(f"lead_names[{index}]", "the lead is unspecified or unknown; name one of the twelve leads")
                for index in unknown
            ),
        )
    return tuple(LEAD_NAMES[number] for number in numbers)


def _metadata_from_proto(message: pb.PatientMetadata) -> PatientMetadata:
    return PatientMetadata(
        age_years=message.age_years if message.HasField("age_years") else None,
        sex=_choice(SEXES, message.sex, "sex"),
        height_cm=message.height_cm if message.HasField("height_cm") else None,
        weight_kg=message.weight_kg if message.HasField("weight_kg") else None,
        first_infarction_stage=_choice(INFARCTION_STAGES, message.first_infarction_stage, "first_infarction_stage"),
        second_infarction_stage=_choice(INFARCTION_STAGES, message.second_infarction_stage, "second_infarction_stage"),
        has_pacemaker=message.has_pacemaker if message.HasField("has_pacemaker") else None,
    )


def _choice(choices: Mapping[int, Choice], number: int, field: str) -> Choice | None:
    if number == 0:
        return None
    if number not in choices:
        raise refusal(
            RefusalReason.METADATA_UNKNOWN_VALUE,
            f"metadata.{field}",
            f"{field} has a value that this server does not know; leave it out",
        )
    return choices[number]
