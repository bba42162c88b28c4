"""Client of the ECG classification service: recordings in, class probabilities out. Not a medical device.

::

    from ecg_client import EcgClient, Recording

    with EcgClient("127.0.0.1:50051") as client:
        for result in client.predict_stream(recordings):
            print(result.recording_id, result.prediction or result.error)
"""

from ecg_client.aio import AsyncEcgClient
from ecg_client.client import EcgClient
from ecg_client.errors import (
    DeadlineExceededError,
    EcgError,
    FieldViolation,
    InvalidRecordingError,
    LimitExceededError,
    MissingExtraError,
    RecordingRefusedError,
    ServiceError,
    ServiceUnavailableError,
    UnreadableFileError,
)
from ecg_client.model_summary import ModelSummary, ServingStatus
from ecg_client.prediction import (
    ClassPrediction,
    ModelVersion,
    Prediction,
    PredictionWarning,
    RecordingError,
    RecordingResult,
)
from ecg_client.recording import STANDARD_LEADS, InfarctionStage, LeadName, PatientMetadata, Recording, Sex

__all__ = [
    "STANDARD_LEADS",
    "AsyncEcgClient",
    "ClassPrediction",
    "DeadlineExceededError",
    "EcgClient",
    "EcgError",
    "FieldViolation",
    "InfarctionStage",
    "InvalidRecordingError",
    "LeadName",
    "LimitExceededError",
    "MissingExtraError",
    "ModelSummary",
    "ModelVersion",
    "PatientMetadata",
    "Prediction",
    "PredictionWarning",
    "Recording",
    "RecordingError",
    "RecordingRefusedError",
    "RecordingResult",
    "ServiceError",
    "ServiceUnavailableError",
    "ServingStatus",
    "Sex",
    "UnreadableFileError",
]
