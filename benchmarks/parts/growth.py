"""One long stream to a new server: does either end keep what it should let go of?"""

from functools import partial

from benchmarks.case import Case
from benchmarks.measurement import Metrics
from benchmarks.memory_growth import LongStream, watch_memory
from benchmarks.processes import running
from benchmarks.stage import Stage, ecg_server_arguments
from ecg_model.loading import Runtime

PART = "growth"
NAME = "one long stream, int16, EcgClient"


def cases(stage: Stage) -> list[Case]:
    """Return the case of this part."""
    return [Case(PART, NAME, partial(_measure, stage), runtime=Runtime.ONNX.value, rounds=1)]


def _measure(stage: Stage) -> Metrics:
    with running("ecg_server", *ecg_server_arguments(stage.settings.model, Runtime.ONNX)) as server:
        stream = LongStream(server, stage.answers(), stage.settings.stream_recordings)
        return stage.start("watch_memory", watch_memory, stream).result()
