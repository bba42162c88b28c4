"""The server's life: listen, load, warm up, serve, drain."""

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial

import numpy as np
from grpc import aio
from grpc_channelz.v1 import channelz, channelz_pb2
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2
from ecg.v1.ecg_service_pb2_grpc import add_EcgServiceServicer_to_server
from ecg_model.classifier import Classifier
from ecg_model.recording import Recording
from ecg_server.access.certificates import server_credentials
from ecg_server.access.gate import Gate
from ecg_server.access.shares import Shares
from ecg_server.addresses import AddressError, address_text, check_address_is_free
from ecg_server.batching import Batcher
from ecg_server.connection_options import connection_options
from ecg_server.explaining import Explainer
from ecg_server.full_queue import FullQueueInterceptor
from ecg_server.health_servicer import HealthServicer
from ecg_server.interceptor import CallInterceptor
from ecg_server.memory import give_memory_back
from ecg_server.model_watch import ModelWatch
from ecg_server.own_thread import in_own_thread
from ecg_server.prediction_conversion import limits_to_proto
from ecg_server.records.logs import Logs
from ecg_server.reflection import add_reflection
from ecg_server.release import ReleasingInterceptor
from ecg_server.served_models import STABLE, ServedModels
from ecg_server.servicer import EcgServicer
from ecg_server.settings import BatchingSettings, ServerSettings, TlsSettings
from ecg_server.telemetry.sources import Sources
from ecg_server.telemetry.telemetry import Telemetry
from ecg_server.unreadable import UnreadableMessageInterceptor
from ecg_server.vital_signs import Check, VitalSigns, golden, logs_writable, stuck_runs

CHANNELZ_NAME = channelz_pb2.DESCRIPTOR.services_by_name["Channelz"].full_name
SERVICE_NAME = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"].full_name
# Those that health is asked by: of the process, and of the service.
HEALTH_NAMES = ("", SERVICE_NAME)

# How long a call that has arrived may take to begin, and how often that is waited for at the start of a drain.
SETTLING_SECONDS = 0.1
SETTLING_ROUNDS = 20
# How long answers may take to leave once every call is answered.
LAST_WORDS_SECONDS = 0.5

logger = logging.getLogger(__name__)


class EcgServer:
    """A gRPC server of one or several models.

    Args:
        settings: how it runs.
        load: loads the classifier of a model, by its name or path; called in a thread.
        logs: what the process writes down; None: the log goes where `logging` has it go, and there is no audit log.

    Raises:
        AccessError: the tokens or certificates cannot be used.
        TelemetryError: metrics or traces cannot be told.
    """

    def __init__(self, settings: ServerSettings, load: Callable[[str], Classifier], logs: Logs | None = None) -> None:
        # First, for it may fail: threads that nobody ends would keep the process from ending.
        gate = Gate(settings.access)
        self._telemetry = Telemetry(settings.telemetry)
        self._settings = settings
        self._load = load
        self._models = {STABLE: settings.model, **settings.others}
        self._watch = ModelWatch(self._models, self._renew)
        self._served = ServedModels(limits_to_proto(settings))
        self._batcher = Batcher(settings.batching, self._telemetry.observers)
        self._explainer = Explainer(settings.explanations)
        self._servicer = EcgServicer(
            self._batcher,
            settings.stream_recordings,
            settings.connections.default_deadline_seconds,
            self._explainer,
        )
        self._full_queue = FullQueueInterceptor(self._servicer.is_full)
        self._health = HealthServicer(HEALTH_NAMES)
        self._vital_signs = VitalSigns(self._checks(logs), settings.health.check_seconds, self._report)
        self._is_worker = settings.workers > 1
        self._background: list[asyncio.Task[None]] = []
        self._server = _build_server(settings, self._servicer, self._health, self._interceptors(gate, logs))
        self._health_server = _build_health_server(settings, self._health)

    async def start(self) -> int:
        """Listen, load and warm up; return the port once the server is SERVING.

        Raises:
            AddressError: the address is in use, not permitted, or none of this machine.
            BundleError: the model cannot be served.
            TelemetryError: metrics cannot be sent.
        """
        await self._set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
        self._telemetry.start(self._settings.host, self._sources())
        if self._is_worker:
            # The kernel gives a share of the port's connections to whoever listens: only when there are answers.
            await self._load_models()
            port = await self._listen()
        else:
            # Alone, to listen first tells at once when the address cannot be had, and lets probes see NOT_SERVING.
            port = await self._listen()
            await self._load_models()
        await self._set_health(health_pb2.HealthCheckResponse.SERVING)
        self._background.append(asyncio.create_task(self._vital_signs.keep_watch()))
        if self._settings.health.watch_seconds:
            self._background.append(asyncio.create_task(self._watch.run(self._settings.health.watch_seconds)))
        return port

    async def renew_models(self) -> None:
        """Load all models anew beside the running ones, and serve those that can be served."""
        await self._watch.renew_all()

    @property
    def metrics_url(self) -> str:
        """Where its metrics are, once it has started; empty: nowhere."""
        return self._telemetry.metrics_url

    async def drain(self) -> None:
        """Take no more, answer everything received, and stop."""
        for task in self._background:
            task.cancel()
        await self._set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
        self._servicer.stop_reading()
        # gRPC ends what it has not handed over yet with CANCELLED when it is told to stop, so that comes first.
        await self._let_arrive()
        stopped = asyncio.create_task(self._server.stop(self._settings.drain_seconds))
        finished = asyncio.create_task(self._servicer.finish())
        await asyncio.wait([stopped, finished], return_when=asyncio.FIRST_COMPLETED)
        finished.cancel()
        # What is left are answers on their way out, and calls that never end by themselves: watchers of health.
        await asyncio.gather(self._server.stop(LAST_WORDS_SECONDS), self._health_server.stop(LAST_WORDS_SECONDS))
        await stopped
        await asyncio.gather(self._batcher.close(), self._explainer.close())
        if self._batcher.counts.batches:
            logger.info("drained; what was computed in all", extra=asdict(self._batcher.counts))
        await self._telemetry.close()

    async def _let_arrive(self) -> None:
        """Wait until for a moment no further call has begun, though not for ever: callers may go on calling."""
        for _ in range(SETTLING_ROUNDS):
            begun = self._servicer.calls_begun
            await asyncio.sleep(SETTLING_SECONDS)
            if self._servicer.calls_begun == begun:
                return

    async def _listen(self) -> int:
        if self._settings.health_port is not None:
            await self._start(self._health_server, self._settings.health_port, None)
        return await self._start(self._server, self._settings.port, self._settings.access.tls)

    async def _start(self, server: aio.Server, port: int, tls: TlsSettings | None) -> int:
        host = self._settings.host
        if not self._is_worker:
            check_address_is_free(host, port)
        address = address_text(host, port)
        try:
            if tls is None:
                bound = server.add_insecure_port(address)
            else:
                bound = server.add_secure_port(address, server_credentials(tls))
        except RuntimeError as error:
            raise AddressError(host, port, "gRPC cannot bind to it") from error
        await server.start()
        return bound

    async def _load_models(self) -> None:
        for label in self._models:
            await self._renew(label)
        # What is loaded now stays for good: the garbage collector need not look through it again and again. Only now,
        # while there are no calls: what a call leaves behind in a cycle, its model with it, would stay for good too.
        gc.freeze()
        self._servicer.serve(self._served)

    async def _renew(self, label: str) -> None:
        """Load the model of a label beside what runs, and let it take over."""
        classifier = await in_own_thread(partial(self._load_warm, self._models[label]))
        model = self._served.put(label, classifier)
        # Streams that were cut hold on to the old model until they are collected. Here, because gRPC's own objects must
        # not be collected in another thread.
        gc.collect()
        await asyncio.to_thread(give_memory_back)
        logger.info("the model %r is now %s, SHA-256 %s", label, model.name, classifier.manifest.sha256)

    def _load_warm(self, model: str) -> Classifier:
        classifier = self._load(model)
        warm_up(classifier, self._settings.batching)
        return classifier

    def _interceptors(self, gate: Gate, logs: Logs | None) -> list[aio.ServerInterceptor]:
        """Return what surrounds every call, the outermost first."""
        access = self._settings.access
        shares = Shares(access.caller_recordings_per_second, access.caller_calls)
        return [
            self._full_queue,
            ReleasingInterceptor(),
            CallInterceptor(gate, shares, None if logs is None else logs.audit, self._telemetry.observers),
            UnreadableMessageInterceptor(),
        ]

    def _sources(self) -> Sources:
        """Return what tells of the server for the asking."""
        return Sources(
            batcher=self._batcher,
            batching=self._settings.batching,
            full_queue=self._full_queue,
            models=self._served,
            watch=self._watch,
            health=self._health,
            service=SERVICE_NAME,
        )

    def _checks(self, logs: Logs | None) -> list[Check]:
        checks = [
            stuck_runs(self._batcher.longest_run_seconds, self._settings.health.stuck_seconds),
            golden(self._served.check),
        ]
        return checks if logs is None else [*checks, logs_writable(logs)]

    async def _report(self, problem: str | None) -> None:
        """Take calls or take none; the process is alive all the same, and its health without a name says so."""
        self._servicer.set_well(is_well=problem is None)
        status = health_pb2.HealthCheckResponse
        await self._health.set(SERVICE_NAME, status.SERVING if problem is None else status.NOT_SERVING)

    async def _set_health(self, status: int) -> None:
        for name in HEALTH_NAMES:
            await self._health.set(name, status)


def warm_up(classifier: Classifier, batching: BatchingSettings) -> None:
    """Run every batch size once, so that no caller waits for a runtime to prepare itself for it.

    And as many of the largest as run side by side: the memory they compute in is as large as it will be.
    """
    wanted = classifier.manifest.input
    silence = Recording(
        np.zeros((wanted.sample_count, len(wanted.lead_names)), dtype=np.float32),
        wanted.sample_rate_hz,
        wanted.lead_names,
    )
    for size in range(1, batching.largest_batch + 1):
        classifier.classify([silence] * size)
    with ThreadPoolExecutor(batching.runs) as threads:
        list(threads.map(classifier.classify, [[silence] * batching.largest_batch] * batching.runs))


def _build_server(
    settings: ServerSettings,
    servicer: EcgServicer,
    health_servicer: HealthServicer,
    interceptors: Sequence[aio.ServerInterceptor],
) -> aio.Server:
    server = aio.server(interceptors=interceptors, options=connection_options(settings))
    add_EcgServiceServicer_to_server(servicer, server)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    if settings.has_channelz:
        channelz.add_channelz_servicer(server)
    if settings.has_reflection:
        names = (SERVICE_NAME, health.SERVICE_NAME, *((CHANNELZ_NAME,) if settings.has_channelz else ()))
        add_reflection(names, server)
    return server


def _build_health_server(settings: ServerSettings, health_servicer: HealthServicer) -> aio.Server:
    server = aio.server(options=connection_options(settings))
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    return server
