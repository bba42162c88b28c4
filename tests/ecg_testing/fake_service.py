"""A small service whose answers can be computed by hand, for tests of clients."""

import collections
import threading
from collections.abc import Iterator

import grpc
import numpy as np
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from ecg.v1 import (
    ecg_service_pb2,
    ecg_service_pb2_grpc,
    explanation_pb2,
    model_pb2,
    prediction_pb2,
    recording_pb2,
)

CLASS_CODES = ("NORM", "MI", "STTC", "CD", "HYP")
_TYPES = {recording_pb2.SAMPLE_FORMAT_INT16_LE: "<i2", recording_pb2.SAMPLE_FORMAT_FLOAT32_LE: "<f4"}
_FIELD = "recording.sample_rate_hz"
_REMEDY = "sample_rate_hz is 0; send the rate in hertz"


class FakeService(ecg_service_pb2_grpc.EcgServiceServicer):
    """Answers with the first sample of each of the first five leads, in millivolts, as the five probabilities.

    A recording without a sample rate is refused, and one whose lead aVF begins at 1 mV or more is abstained from: its
    uncertainty is 0.75, that of others 0.25. Asked for windows it tells of two: the whole recording, and from 5 s on
    one that was left out. In a stream, a recording called "abort" ends it with UNAVAILABLE, and one called "end" ends
    it with OK. Nothing is answered while `may_answer` is not set.

    Attributes:
        failures: with what the next calls and streams end, before all else.
        retry_after_s: when those are to come again, in seconds; None: it does not say.
        cuts: after how many answers the next streams end with UNAVAILABLE.
        hold_after: after how many answers streams answer no more, and wait to be ended; None: never.
        token: which token a caller must bring; None: none.
        calls: calls and streams so far.
        traceparents: of which trace each of them said that it is a part; None: of none.
    """

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.groups: list[list[recording_pb2.Recording]] = []
        self.received_more = threading.Condition()
        self.stream_ended = threading.Event()
        self.failures: collections.deque[grpc.StatusCode] = collections.deque()
        self.retry_after_s: float | None = None
        self.cuts: collections.deque[int] = collections.deque()
        self.hold_after: int | None = None
        self.token: str | None = None
        self.calls = 0
        self.traceparents: list[str | bytes | None] = []

    @property
    def received_count(self) -> int:
        """Recordings that came in over streams."""
        return sum(map(len, self.groups))

    def wait_for(self, count: int) -> None:
        """Waits until as many recordings came in over streams."""
        with self.received_more:
            assert self.received_more.wait_for(lambda: self.received_count >= count, timeout=10)

    def Predict(  # noqa: N802 - the name in the contract
        self, request: ecg_service_pb2.PredictRequest, context: grpc.ServicerContext
    ) -> ecg_service_pb2.PredictResponse:
        """Answers, or refuses with status details."""
        self._begin(context)
        self.may_answer.wait(timeout=10)
        if request.recording.sample_rate_hz <= 0:
            context.set_trailing_metadata((("grpc-status-details-bin", _status().SerializeToString()),))
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, _REMEDY)
        _check_version(request.options.model_version, context)
        prediction = _prediction(request.recording, request.options)
        return ecg_service_pb2.PredictResponse(prediction=prediction)

    def PredictStream(  # noqa: N802 - the name in the contract
        self, request_iterator: Iterator[ecg_service_pb2.PredictStreamRequest], context: grpc.ServicerContext
    ) -> Iterator[ecg_service_pb2.PredictStreamResponse]:
        """Answers group by group."""
        context.add_callback(self.stream_ended.set)
        self._begin(context)
        cut_after = self.cuts.popleft() if self.cuts else None
        sequence_number = 0
        if cut_after == 0:
            context.abort(grpc.StatusCode.UNAVAILABLE, "cut")
        options = None
        for request in request_iterator:
            self._note(request)
            options = options or request.options
            _check_version(options.model_version, context)
            self.may_answer.wait(timeout=10)
            for recording in request.recordings:
                if recording.recording_id == "abort":
                    context.abort(grpc.StatusCode.UNAVAILABLE, "shutting down")
                if recording.recording_id == "end":
                    return
                yield ecg_service_pb2.PredictStreamResponse(results=[_result(recording, options, sequence_number)])
                sequence_number += 1
                if sequence_number == cut_after:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "cut")
                if sequence_number == self.hold_after:
                    _wait_for_end(context)
                    return

    def Explain(  # noqa: N802 - the name in the contract
        self, request: ecg_service_pb2.ExplainRequest, context: grpc.ServicerContext
    ) -> ecg_service_pb2.ExplainResponse:
        """Answers with what `_explained` says of each class, or refuses the class XYZ and gradients."""
        self._begin(context)
        self.may_answer.wait(timeout=10)
        options = request.options
        _check_version(options.model_version, context)
        if "XYZ" in options.class_codes:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the model has no class of this code")
        if options.method == explanation_pb2.EXPLANATION_METHOD_INTEGRATED_GRADIENTS:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "this server's runtime tells no gradients")
        wanted = ecg_service_pb2.PredictOptions(model_version=options.model_version)
        prediction = _prediction(request.recording, wanted)
        return ecg_service_pb2.ExplainResponse(
            prediction=prediction,
            classes=[
                _explained(entry, request)
                for entry in prediction.classes
                if entry.code in options.class_codes or not options.class_codes
            ],
            method=explanation_pb2.EXPLANATION_METHOD_OCCLUSION,
            computed_windows=40,
        )

    def ModelSummary(  # noqa: N802 - the name in the contract
        self, request: ecg_service_pb2.ModelSummaryRequest, context: grpc.ServicerContext
    ) -> ecg_service_pb2.ModelSummaryResponse:
        """Describes a network that nobody would train."""
        self._begin(context)
        _check_version(request.model_version, context)
        return ecg_service_pb2.ModelSummaryResponse(
            summary_text="Total params: 42\n",
            model=_VERSIONS[request.model_version],
            layers=[
                model_pb2.LayerSummary(
                    name="dense", type="Dense", output_shape="(None, 5)", parameter_count=42, connected_to=["input"]
                )
            ],
            parameter_count=42,
            class_codes=CLASS_CODES,
            input=model_pb2.InputSpecification(
                sample_rate_hz=100.0,
                sample_count=1000,
                lead_names=range(1, 13),
                metadata_fields=["age_years"],
                required_lead_names=(1, 2, 7, 8),
            ),
            limits=model_pb2.Limits(
                max_message_bytes=67108864,
                max_recording_id_bytes=256,
                min_sample_rate_hz=50,
                max_sample_rate_hz=2000,
                min_duration_seconds=2.5,
                max_duration_seconds=600,
                max_stream_recordings_in_flight=256,
                default_deadline_seconds=60,
            ),
            quality_figures=[model_pb2.QualityFigure(name="macro_auc", value=0.925, measured_on="fold 9")],
            operating_points=[
                _operating_point("half", 0.5, is_active=True),
                _operating_point("eager", 0.125, is_active=False),
            ],
            greatest_uncertainty=0.5,
            served_models=[
                model_pb2.ServedModel(model=_MODEL, labels=["stable"]),
                model_pb2.ServedModel(model=_CANARY, labels=["canary", "next"]),
            ],
        )

    def _begin(self, context: grpc.ServicerContext) -> None:
        self.calls += 1
        self.traceparents.append(dict(context.invocation_metadata()).get("traceparent"))
        if self.token is not None and ("authorization", f"Bearer {self.token}") not in context.invocation_metadata():
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "the credentials are missing or not valid")
        if self.failures:
            code = self.failures.popleft()
            if self.retry_after_s is not None:
                details = _retry_status(code, self.retry_after_s).SerializeToString()
                context.set_trailing_metadata((("grpc-status-details-bin", details),))
            context.abort(code, "as the test wants it")

    def _note(self, request: ecg_service_pb2.PredictStreamRequest) -> None:
        with self.received_more:
            self.groups.append(list(request.recordings))
            self.received_more.notify_all()


def _wait_for_end(context: grpc.ServicerContext) -> None:
    ended = threading.Event()
    if context.add_callback(ended.set):
        ended.wait(timeout=60)


def _operating_point(name: str, threshold: float, *, is_active: bool) -> model_pb2.OperatingPoint:
    return model_pb2.OperatingPoint(
        name=name,
        description=f"{threshold:g} for every class",
        thresholds=[model_pb2.ClassThreshold(class_code=code, threshold=threshold) for code in CLASS_CODES],
        is_active=is_active,
    )


_MODEL = prediction_pb2.ModelVersion(name="fake", version="1.0.0", sha256="0" * 64)
_CANARY = prediction_pb2.ModelVersion(name="fake", version="1.1.0", sha256="1" * 64)
_VERSIONS = {"": _MODEL, "stable": _MODEL, "1.0.0": _MODEL, "canary": _CANARY, "next": _CANARY, "1.1.0": _CANARY}


def _check_version(version: str, context: grpc.ServicerContext) -> None:
    if version not in _VERSIONS:
        context.abort(
            grpc.StatusCode.NOT_FOUND, "the server has no model of that version or label; it has 1.0.0, 1.1.0"
        )


def _prediction(
    recording: recording_pb2.Recording, options: ecg_service_pb2.PredictOptions
) -> prediction_pb2.Prediction:
    packed = recording.packed_signal
    samples = np.frombuffer(packed.samples, _TYPES[packed.format]).reshape(len(packed.lead_names), -1)
    first = samples[:, 0] * packed.microvolts_per_unit / 1000
    is_abstained = first[len(CLASS_CODES) :][:1].sum() >= 1
    return prediction_pb2.Prediction(
        recording_id=recording.recording_id,
        classes=[
            prediction_pb2.ClassPrediction(
                code=code, display_name=code.lower(), probability=value, threshold=0.5, is_positive=value >= 0.5
            )
            for code, value in zip(CLASS_CODES, first[: len(CLASS_CODES)], strict=True)
        ],
        model=_VERSIONS[options.model_version],
        warnings=_warnings(recording),
        operating_point="half",
        uncertainty=0.75 if is_abstained else 0.25,
        abstentions=_ABSTENTIONS if is_abstained else (),
        windows=_windows(first[: len(CLASS_CODES)]) if options.include_windows else (),
    )


def _explained(
    entry: prediction_pb2.ClassPrediction, request: ecg_service_pb2.ExplainRequest
) -> explanation_pb2.ClassExplanation:
    """Each lead changes a probability by its first sample, in mV, each half second by its number / 128, age by 0.25."""
    packed = request.recording.packed_signal
    samples = np.frombuffer(packed.samples, _TYPES[packed.format]).reshape(len(packed.lead_names), -1)
    numbers = np.arange(samples.shape[1] // (request.recording.sample_rate_hz // 2)) / 128
    return explanation_pb2.ClassExplanation(
        code=entry.code,
        display_name=entry.display_name,
        probability=entry.probability,
        leads=[
            explanation_pb2.LeadAttribution(
                lead=lead,
                probability_change=first,
                time_probability_changes=first * numbers if request.options.include_lead_times else (),
            )
            for lead, first in zip(packed.lead_names, samples[:, 0] * packed.microvolts_per_unit / 1000, strict=True)
        ],
        times=[
            explanation_pb2.TimeAttribution(offset_seconds=index / 2, duration_seconds=0.5, probability_change=change)
            for index, change in enumerate(numbers)
        ],
        metadata=[explanation_pb2.MetadataAttribution(field="age_years", probability_change=0.25)]
        if request.recording.metadata.HasField("age_years")
        else [],
    )


def _windows(probabilities: np.ndarray) -> list[prediction_pb2.WindowPrediction]:
    window = prediction_pb2.WindowPrediction
    return [window(offset_seconds=0, probabilities=probabilities), window(offset_seconds=5)]


_ABSTENTIONS = (
    prediction_pb2.Abstention(
        reason=prediction_pb2.ABSTENTION_REASON_UNCERTAIN, message="the network is unsure: the uncertainty is above 0.5"
    ),
    prediction_pb2.Abstention(
        reason=prediction_pb2.ABSTENTION_REASON_UNFAMILIAR, lead=recording_pb2.LEAD_NAME_AVF, message="lead aVF is odd"
    ),
)


def _warnings(recording: recording_pb2.Recording) -> list[prediction_pb2.Warning]:
    if recording.metadata.HasField("age_years"):
        return []
    code = prediction_pb2.WARNING_CODE_METADATA_IMPUTED
    return [prediction_pb2.Warning(code=code, message="age_years was unknown", measured=60.0, unit="year")]


def _result(
    recording: recording_pb2.Recording, options: ecg_service_pb2.PredictOptions, sequence_number: int
) -> prediction_pb2.RecordingResult:
    result = prediction_pb2.RecordingResult(recording_id=recording.recording_id, sequence_number=sequence_number)
    if recording.sample_rate_hz > 0:
        result.prediction.CopyFrom(_prediction(recording, options))
    else:
        violation = prediction_pb2.FieldViolation(field=_FIELD, description=_REMEDY)
        error = prediction_pb2.RecordingError(
            code=3, reason="SAMPLE_RATE_NOT_POSITIVE", message=_REMEDY, field_violations=[violation]
        )
        result.error.CopyFrom(error)
    return result


def _retry_status(code: grpc.StatusCode, seconds: float) -> status_pb2.Status:
    delay = duration_pb2.Duration()
    delay.FromMilliseconds(round(seconds * 1000))
    status = status_pb2.Status(code=code.value[0], message="as the test wants it")
    status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    return status


def _status() -> status_pb2.Status:
    violation = error_details_pb2.BadRequest.FieldViolation(field=_FIELD, description=_REMEDY)
    status = status_pb2.Status(code=3, message=_REMEDY)
    for detail in (
        error_details_pb2.BadRequest(field_violations=[violation]),
        error_details_pb2.ErrorInfo(reason="SAMPLE_RATE_NOT_POSITIVE", domain="ecg.v1"),
    ):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    return status
