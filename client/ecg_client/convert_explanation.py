"""What is asked for to a message, and messages to explanations: pure, like `ecg_client.convert`."""

from collections.abc import Sequence

from ecg.v1 import ecg_service_pb2, explanation_pb2
from ecg_client.convert import lead_of_number, prediction_from_proto, recording_to_proto
from ecg_client.explanation import (
    ClassExplanation,
    Explanation,
    ExplanationMethod,
    LeadAttribution,
    MetadataAttribution,
    TimeAttribution,
)
from ecg_client.recording import Recording

_PREFIX = "EXPLANATION_METHOD_"


def explain_request_to_proto(  # noqa: PLR0913 - each is a choice of the caller's
    recording: Recording,
    *,
    method: ExplanationMethod,
    class_codes: Sequence[str],
    include_lead_times: bool,
    window: int | None,
    model_version: str,
) -> ecg_service_pb2.ExplainRequest:
    """Writes a recording, and what is to be known of it."""
    return ecg_service_pb2.ExplainRequest(
        recording=recording_to_proto(recording),
        options=ecg_service_pb2.ExplainOptions(
            method=explanation_pb2.ExplanationMethod.Value(f"{_PREFIX}{method}"),
            class_codes=class_codes,
            include_lead_times=include_lead_times,
            window=window,
            model_version=model_version,
        ),
    )


def explanation_from_proto(message: ecg_service_pb2.ExplainResponse) -> Explanation:
    """Reads an explanation."""
    return Explanation(
        prediction=prediction_from_proto(message.prediction),
        classes=tuple(map(_class_from_proto, message.classes)),
        method=_method_from_proto(message.method),
        computed_windows=message.computed_windows,
    )


def _class_from_proto(message: explanation_pb2.ClassExplanation) -> ClassExplanation:
    return ClassExplanation(
        code=message.code,
        display_name=message.display_name,
        probability=message.probability,
        leads=tuple(
            LeadAttribution(lead, one.probability_change, tuple(one.time_probability_changes))
            for one in message.leads
            if (lead := lead_of_number(one.lead)) is not None
        ),
        times=tuple(
            TimeAttribution(one.offset_seconds, one.duration_seconds, one.probability_change) for one in message.times
        ),
        metadata=tuple(MetadataAttribution(one.field, one.probability_change) for one in message.metadata),
        baseline_probability=message.baseline_probability if message.HasField("baseline_probability") else None,
        completeness_error=message.completeness_error if message.HasField("completeness_error") else None,
    )


def _method_from_proto(number: explanation_pb2.ExplanationMethod.ValueType) -> ExplanationMethod | str:
    if number not in explanation_pb2.ExplanationMethod.values():
        return str(number)
    name = explanation_pb2.ExplanationMethod.Name(number).removeprefix(_PREFIX)
    return ExplanationMethod.__members__.get(name, name)
