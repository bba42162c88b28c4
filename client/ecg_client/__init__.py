"""Client of the ECG classification service: recordings in, class probabilities out. Not a medical device.

::

    from ecg_client import EcgClient, Recording

    with EcgClient("127.0.0.1:50051") as client:
        for result in client.predict_stream(recordings):
            print(result.recording_id, result.prediction or result.error)
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecg_client.aio import AsyncEcgClient
    from ecg_client.client import EcgClient
    from ecg_client.errors import (
        DeadlineExceededError,
        EcgError,
        FieldViolation,
        InvalidAddressError,
        InvalidCredentialsError,
        InvalidFrameError,
        InvalidRecordingError,
        LimitExceededError,
        MissingExtraError,
        NotExplainableError,
        PermissionDeniedError,
        RecordingRefusedError,
        ServiceError,
        ServiceUnavailableError,
        UnauthenticatedError,
        UnknownModelError,
        UnreadableFileError,
        UnwritableFileError,
        UnwritableRecordingError,
    )
    from ecg_client.explanation import (
        ClassExplanation,
        Explanation,
        ExplanationMethod,
        LeadAttribution,
        MetadataAttribution,
        TimeAttribution,
    )
    from ecg_client.model_summary import ModelSummary, OperatingPoint, ServedModel, ServingStatus
    from ecg_client.prediction import (
        Abstention,
        ClassPrediction,
        ModelVersion,
        Prediction,
        PredictionWarning,
        RecordingError,
        RecordingResult,
        WarningCode,
        WindowPrediction,
    )
    from ecg_client.recording import (
        INDEPENDENT_LEADS,
        STANDARD_LEADS,
        InfarctionStage,
        LeadName,
        PatientMetadata,
        Recording,
        Sex,
    )
    from ecg_client.resumption import Resume
    from ecg_client.tls import Tls

__all__ = [
    "INDEPENDENT_LEADS",
    "STANDARD_LEADS",
    "Abstention",
    "AsyncEcgClient",
    "ClassExplanation",
    "ClassPrediction",
    "DeadlineExceededError",
    "EcgClient",
    "EcgError",
    "Explanation",
    "ExplanationMethod",
    "FieldViolation",
    "InfarctionStage",
    "InvalidAddressError",
    "InvalidCredentialsError",
    "InvalidFrameError",
    "InvalidRecordingError",
    "LeadAttribution",
    "LeadName",
    "LimitExceededError",
    "MetadataAttribution",
    "MissingExtraError",
    "ModelSummary",
    "ModelVersion",
    "NotExplainableError",
    "OperatingPoint",
    "PatientMetadata",
    "PermissionDeniedError",
    "Prediction",
    "PredictionWarning",
    "Recording",
    "RecordingError",
    "RecordingRefusedError",
    "RecordingResult",
    "Resume",
    "ServedModel",
    "ServiceError",
    "ServiceUnavailableError",
    "ServingStatus",
    "Sex",
    "TimeAttribution",
    "Tls",
    "UnauthenticatedError",
    "UnknownModelError",
    "UnreadableFileError",
    "UnwritableFileError",
    "UnwritableRecordingError",
    "WarningCode",
    "WindowPrediction",
]

_MODULES = (
    "errors",
    "recording",
    "prediction",
    "explanation",
    "model_summary",
    "tls",
    "resumption",
    "client",
    "aio",
)

if not TYPE_CHECKING:
    # Imported when asked for: grpc reads its environment when it is imported, and the command line sets that first.
    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f"{__name__}.{name}")
        if name in __all__:
            modules = (importlib.import_module(f"{__name__}.{module}") for module in _MODULES)
            return next(vars(module)[name] for module in modules if name in vars(module))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
