"""Every way in which a recording cannot be classified: one table, for single calls and for streams."""

from ecg.v1 import recording_pb2 as pb
from ecg_testing.bad_recording import FUTURE, INFINITY, NAN, BadRecording
from ecg_testing.bad_signals import lead_cases, packed_cases, signal_cases
from ecg_testing.messages import leads_recording


def _about(**metadata: float) -> pb.Recording:
    return leads_recording(metadata=pb.PatientMetadata(**metadata))


def _other_cases() -> list[BadRecording]:
    cases = [
        BadRecording(f"{name} id", lambda text=text: leads_recording(recording_id=text), "RECORDING_ID_TOO_LONG", path)
        for name, text, path in (
            ("a 257-byte", "x" * 257, ("recording.recording_id",)),
            ("a 129-letter, 258-byte", "é" * 129, ("recording.recording_id",)),
        )
    ]
    cases += [
        BadRecording(
            f"{rate} Hz", lambda rate=rate: leads_recording(rate_hz=rate), reason, ("recording.sample_rate_hz",)
        )
        for rates, reason in (
            ((0.0, -100.0, NAN, INFINITY), "SAMPLE_RATE_INVALID"),
            ((49.9, 2000.5, 1e9), "SAMPLE_RATE_UNSUPPORTED"),
        )
        for rate in rates
    ]
    cases += [
        BadRecording(
            f"{field} {value}",
            lambda field=field, value=value: _about(**{field: value}),
            "METADATA_OUT_OF_RANGE",
            (f"recording.metadata.{field}",),
        )
        for field, values in (
            ("age_years", (-5, 400, 130.5, NAN, INFINITY)),
            ("height_cm", (0, -1, INFINITY, NAN)),
            ("weight_kg", (0, -1, INFINITY, NAN)),
        )
        for value in values
    ]
    cases += [
        BadRecording(
            f"{field} from the future",
            lambda field=field: _about(**{field: FUTURE}),
            "METADATA_UNKNOWN_VALUE",
            (f"recording.metadata.{field}",),
        )
        for field in ("sex", "first_infarction_stage", "second_infarction_stage")
    ]
    return cases


BAD_RECORDINGS = [*signal_cases(), *lead_cases(), *packed_cases(), *_other_cases()]
