"""Where figures come from that nobody needs to count for telemetry's sake."""

from dataclasses import dataclass

from ecg_server.batching import Batcher
from ecg_server.full_queue import FullQueueInterceptor
from ecg_server.health_servicer import HealthServicer
from ecg_server.model_watch import ModelWatch
from ecg_server.served_models import ServedModels
from ecg_server.settings import BatchingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Parts of a server that tell how they are.

    Attributes:
        batcher: what waits.
        batching: what may wait.
        full_queue: calls refused before they began.
        models: what is served.
        watch: models loaded anew.
        health: what is told of the service.
        service: its name there.
    """

    batcher: Batcher
    batching: BatchingSettings
    full_queue: FullQueueInterceptor
    models: ServedModels
    watch: ModelWatch
    health: HealthServicer
    service: str
