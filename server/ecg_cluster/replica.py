"""A replica: what `ecg_server` has behind its sockets, behind Serve's proxies instead.

The servicer, the batcher, the models, the interceptors and the checks are the server's own.
"""

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from grpc_health.v1 import health_pb2, health_pb2_grpc
from ray import serve
from ray.serve.grpc_util import RayServegRPCContext, gRPCInputStream

from ecg.v1.ecg_service_pb2_grpc import add_EcgServiceServicer_to_server
from ecg_cluster.call_context import CallContext
from ecg_cluster.method_road import MethodRoad, Methods
from ecg_cluster.replica_address import keep_to_loopback
from ecg_model.classifier import Classifier
from ecg_model.errors import BundleError
from ecg_model.loading import load_classifier
from ecg_server.access.gate import Gate
from ecg_server.access.shares import Shares
from ecg_server.batching import Batcher
from ecg_server.explaining import Explainer
from ecg_server.full_queue import FullQueueInterceptor
from ecg_server.health_servicer import HealthServicer
from ecg_server.interceptor import CallInterceptor
from ecg_server.memory import give_memory_back, keep_memory_level
from ecg_server.model_watch import ModelWatch
from ecg_server.own_thread import in_own_thread
from ecg_server.prediction_conversion import limits_to_proto
from ecg_server.records.logs import start_logs
from ecg_server.release import ReleasingInterceptor
from ecg_server.served_models import ServedModels
from ecg_server.server import HEALTH_NAMES, SERVICE_NAME, warm_up
from ecg_server.servicer import EcgServicer
from ecg_server.settings import ServerSettings
from ecg_server.telemetry.telemetry import Telemetry
from ecg_server.unreadable import UnreadableMessageInterceptor
from ecg_server.vital_signs import VitalSigns, golden, logs_writable, stuck_runs

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is serialized already, as Serve wants to serialize it."""

    serialized: bytes

    def SerializeToString(self) -> bytes:  # noqa: N802 - as a message has it
        """Return the answer."""
        return self.serialized


class EcgReplica:
    """One copy of the service, in a process of its own on some machine of the cluster.

    Args:
        settings: how it serves. Its models are those that `reconfigure` is told.

    Raises:
        AccessError: the tokens cannot be used.
        RecordsError: the log or the audit log cannot be written.
        TelemetryError: a package is missing that traces need.
    """

    async def __init__(self, settings: ServerSettings) -> None:  # type: ignore[misc] # Serve awaits it
        keep_to_loopback()
        keep_memory_level()
        # As in a server's own process: ecg_server.process says why.
        sys.setswitchinterval(0.001)
        gate = Gate(settings.access)
        self._settings = settings
        self._logs = start_logs(settings.records, serve.get_replica_context().replica_id.unique_id)
        # Of what a server tells of itself: traces. Metrics of replicas are Serve's affair.
        self._telemetry = Telemetry(settings.telemetry)
        self._batcher = Batcher(settings.batching, self._telemetry.observers)
        self._servicer = EcgServicer(
            self._batcher,
            settings.stream_recordings,
            settings.connections.default_deadline_seconds,
            Explainer(settings.explanations),
        )
        self._health = HealthServicer(HEALTH_NAMES)
        self._served: ServedModels | None = None
        self._watching: asyncio.Task[None] | None = None
        self._road = self._road_of(gate)
        checks = [
            stuck_runs(self._batcher.longest_run_seconds, settings.health.stuck_seconds),
            golden(self._check_models),
            logs_writable(self._logs),
        ]
        self._vital_signs = VitalSigns(checks, settings.health.check_seconds, self._report)
        self._keeping_watch = asyncio.create_task(self._vital_signs.keep_watch())
        await self._set_health(NOT_SERVING)

    async def reconfigure(self, models: Mapping[str, str]) -> None:
        """Serve these models, by label, from now on; calls under way keep what they have.

        Serve calls it before the first call, and whenever the application is deployed with other models: one replica
        after the other, none of which ends for it. Models of which one cannot be served change nothing, and the log
        says so.

        Raises:
            BundleError: one of them cannot be served, and there are none so far.
        """
        served = ServedModels(limits_to_proto(self._settings))
        try:
            for label, model in models.items():
                await self._renew(served, models, label)
                logger.info("the model %r is now %s", label, model)
        except BundleError as error:
            if self._served is None:
                raise
            logger.error("the models stay as they are: %s", error)  # noqa: TRY400 - one line says it
            return
        self._served = served
        self._servicer.serve(served)
        self._watch(served, models)
        await self._set_health(SERVING)
        # Other models do not make a replica well that was not; that is reported only when it changes.
        await self._report(self._vital_signs.problem)

    async def Predict(self, request: bytes, grpc_context: RayServegRPCContext) -> Answer:  # noqa: N802
        """Classify one recording."""
        return await self._answer(f"/{SERVICE_NAME}/Predict", request, grpc_context)

    async def Explain(self, request: bytes, grpc_context: RayServegRPCContext) -> Answer:  # noqa: N802
        """Classify one recording, and tell what in it speaks for its classes."""
        return await self._answer(f"/{SERVICE_NAME}/Explain", request, grpc_context)

    async def ModelSummary(self, request: bytes, grpc_context: RayServegRPCContext) -> Answer:  # noqa: N802
        """Describe one of the models."""
        return await self._answer(f"/{SERVICE_NAME}/ModelSummary", request, grpc_context)

    async def Check(self, request: bytes, grpc_context: RayServegRPCContext) -> Answer:  # noqa: N802
        """Tell this replica's health."""
        return await self._answer("/grpc.health.v1.Health/Check", request, grpc_context)

    async def List(self, request: bytes, grpc_context: RayServegRPCContext) -> Answer:  # noqa: N802
        """Tell this replica's health under every name."""
        return await self._answer("/grpc.health.v1.Health/List", request, grpc_context)

    async def PredictStream(  # noqa: N802
        self, requests: gRPCInputStream[bytes], grpc_context: RayServegRPCContext
    ) -> AsyncIterator[Answer]:
        """Classify the recordings of a stream."""
        context = CallContext(grpc_context)
        async for answer in self._road.answers(f"/{SERVICE_NAME}/PredictStream", _received(requests), context):
            yield Answer(answer)
        # What the proxy is to know of the end comes with an answer, and this one it does not pass on.
        yield Answer(b"")

    async def check_health(self) -> None:
        """Tell Serve whether this replica is fit to answer; it replaces one that is not.

        Raises:
            RuntimeError: it is not, and why.
        """
        if self._vital_signs.problem is not None:
            raise RuntimeError(self._vital_signs.problem)

    async def drain(self) -> None:
        """Take no more, and answer everything received."""
        # What it looks after itself for would say SERVING again.
        self._keeping_watch.cancel()
        await self._set_health(NOT_SERVING)
        self._servicer.stop_reading()
        await self._servicer.finish()
        await self._telemetry.close()

    async def _answer(self, method: str, request: bytes, context: RayServegRPCContext) -> Answer:
        return Answer(await self._road.answer(method, request, CallContext(context)))

    def _road_of(self, gate: Gate) -> MethodRoad:
        methods: Any = Methods()
        add_EcgServiceServicer_to_server(self._servicer, methods)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, methods)
        access = self._settings.access
        shares = Shares(access.caller_recordings_per_second, access.caller_calls)
        interceptors = [
            FullQueueInterceptor(self._servicer.is_full),
            ReleasingInterceptor(),
            CallInterceptor(gate, shares, self._logs.audit, self._telemetry.observers),
            UnreadableMessageInterceptor(),
        ]
        return MethodRoad(methods.by_name, interceptors)

    async def _renew(self, served: ServedModels, models: Mapping[str, str], label: str) -> None:
        """Load the model of a label beside what runs, and let it take over."""
        classifier = await in_own_thread(partial(self._load_warm, models[label]))
        served.put(label, classifier)
        gc.collect()
        await asyncio.to_thread(give_memory_back)

    def _load_warm(self, model: str) -> Classifier:
        settings = self._settings
        classifier = load_classifier(model, settings.runtime, settings.threads, settings.operating_point)
        warm_up(classifier, settings.batching)
        return classifier

    def _watch(self, served: ServedModels, models: Mapping[str, str]) -> None:
        if self._watching is not None:
            self._watching.cancel()
        if self._settings.health.watch_seconds:
            watch = ModelWatch(models, partial(self._renew, served, models))
            self._watching = asyncio.create_task(watch.run(self._settings.health.watch_seconds))

    def _check_models(self) -> None:
        if self._served is not None:
            self._served.check()

    async def _report(self, problem: str | None) -> None:
        self._servicer.set_well(is_well=problem is None)
        await self._health.set(SERVICE_NAME, SERVING if problem is None else NOT_SERVING)

    async def _set_health(self, status: int) -> None:
        for name in HEALTH_NAMES:
            await self._health.set(name, status)


async def _received(requests: gRPCInputStream[bytes]) -> AsyncIterator[bytes]:
    """Yield a stream's messages until all have come.

    Raises:
        CancelledError: the caller has gone, which to Serve is an end like any other.
    """
    async for request in requests:
        yield request
    if requests.is_cancelled():
        raise asyncio.CancelledError
