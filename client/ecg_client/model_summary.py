"""What the service says about the model it serves."""

import dataclasses
import enum
from collections.abc import Mapping

from ecg_client.prediction import ModelVersion
from ecg_client.recording import LeadName


class ServingStatus(enum.IntEnum):
    """Whether the service takes calls: `SERVING` or `NOT_SERVING`; `UNKNOWN` and `SERVICE_UNKNOWN` come from others.

    The values are those of `grpc.health.v1`.
    """

    UNKNOWN = 0
    SERVING = 1
    NOT_SERVING = 2
    SERVICE_UNKNOWN = 3


@dataclasses.dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer of the network, as a row of the summary that Keras prints.

    Attributes:
        name: Name of the layer, such as "conv1d_1".
        type: Keras class of the layer, such as "Conv1D".
        output_shape: Shape of its output as Keras prints it, such as "(None, 1000, 64)".
        parameter_count: Number of its parameters, trainable or not.
        connected_to: Names of the layers whose outputs it takes.
    """

    name: str
    type: str
    output_shape: str
    parameter_count: int
    connected_to: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class InputSpecification:
    """What the network takes. The service brings a recording to this form; what one may be is in `Limits`.

    Attributes:
        sample_rate_hz: Samples per second of the network's window, in hertz; other rates are resampled to it.
        sample_count: Samples of each lead in the network's window; shorter recordings are padded, longer ones are cut
            into windows.
        lead_names: The leads the network sees; a recording may send them in any order.
        metadata_fields: The fields of `PatientMetadata` that the network uses.
        required_lead_names: The leads without which a recording is refused; the others are derived. Empty where the
            service is older than this, and needs all of them.
    """

    sample_rate_hz: float
    sample_count: int
    lead_names: tuple[LeadName, ...]
    metadata_fields: tuple[str, ...]
    required_lead_names: tuple[LeadName, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What the server accepts.

    Attributes:
        max_message_bytes: Largest message it receives, in bytes.
        max_recording_id_bytes: Longest recording id, in bytes of UTF-8.
        min_sample_rate_hz: Lowest sample rate, in hertz; None, as below, where the service is older than this and takes
            nothing but the rate and the length of `InputSpecification`.
        max_sample_rate_hz: Highest sample rate, in hertz.
        min_duration_seconds: Shortest recording, in seconds.
        max_duration_seconds: Longest recording, in seconds; send what is longer in pieces.
        max_stream_recordings_in_flight: Recordings of one stream that may be on their way; None, as below, where there
            is no such limit or the service is older than this.
        default_deadline_seconds: How long a single call may take that has no deadline, in seconds.
        max_connection_age_seconds: How long a connection may last, in seconds; streams that last longer are resumed.
        connection_grace_seconds: How long calls may go on after that, in seconds.
        max_caller_recordings_per_second: Recordings that one caller may send in a second, on average.
        max_caller_calls: Calls and streams that one caller may have open at once.
        max_explanation_windows: Windows that the network may be run on for one explanation; None, as below, where the
            service is older than this and explains nothing.
        max_explanations: Explanations that the service computes at once; further ones wait.
    """

    max_message_bytes: int
    max_recording_id_bytes: int
    min_sample_rate_hz: float | None = None
    max_sample_rate_hz: float | None = None
    min_duration_seconds: float | None = None
    max_duration_seconds: float | None = None
    max_stream_recordings_in_flight: int | None = None
    default_deadline_seconds: float | None = None
    max_connection_age_seconds: float | None = None
    connection_grace_seconds: float | None = None
    max_caller_recordings_per_second: float | None = None
    max_caller_calls: int | None = None
    max_explanation_windows: int | None = None
    max_explanations: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class QualityFigure:
    """One figure of the model's quality, measured before it shipped.

    Attributes:
        name: The figure, such as "macro_auc" or "auc".
        class_code: The class it is about; empty is all of them.
        value: Its value.
        measured_on: The data it was measured on, and under which rule.
    """

    name: str
    class_code: str
    value: float
    measured_on: str


@dataclasses.dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Thresholds that were chosen for one purpose.

    Attributes:
        name: Its name, such as "f1" or "sensitivity-90".
        description: How its thresholds were chosen, on what data, with what guarantee.
        thresholds: The threshold by class code, 0 to 1.
        is_active: Whether it is the one at which the service runs.
    """

    name: str
    description: str
    thresholds: Mapping[str, float]
    is_active: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ServedModel:
    """One of the models that the service has.

    Attributes:
        model: Which model it is.
        labels: The names under which it is offered, such as "stable" or "canary".
    """

    model: ModelVersion
    labels: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ModelSummary:
    """The model that is being served.

    Attributes:
        summary_text: The summary as Keras prints it.
        model: Which model it is.
        layers: The layers of the network, in the order of the summary.
        parameter_count: Parameters in total, trainable or not.
        class_codes: The class codes, in the order of `Prediction.classes`.
        input: What the network takes.
        limits: What the server accepts.
        quality_figures: How good the model is; empty for a bare Keras file.
        operating_points: The operating points of the model, its default first.
        greatest_uncertainty: The greatest uncertainty at which the service still stands by its findings; None: it never
            abstains.
        served_models: All models that the service has, the one labelled "stable" first; empty where it is older than
            this.
    """

    summary_text: str
    model: ModelVersion
    layers: tuple[LayerSummary, ...]
    parameter_count: int
    class_codes: tuple[str, ...]
    input: InputSpecification
    limits: Limits
    quality_figures: tuple[QualityFigure, ...]
    operating_points: tuple[OperatingPoint, ...] = ()
    greatest_uncertainty: float | None = None
    served_models: tuple[ServedModel, ...] = ()
