"""A model that is being served: its classifier's batcher and the converter of its answers."""

from dataclasses import dataclass

from ecg.v1 import ecg_service_pb2
from ecg_server.batching import Batcher
from ecg_server.prediction_conversion import PredictionConverter


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What the servicer needs of a model.

    Attributes:
        batcher: takes recordings and gives outcomes.
        converter: turns its predictions into messages.
        summary: what `ModelSummary` answers.
    """

    batcher: Batcher
    converter: PredictionConverter
    summary: ecg_service_pb2.ModelSummaryResponse
