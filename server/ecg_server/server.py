"""The server's life: listen, load, warm up, serve, drain."""

import asyncio
import gc
import logging
from collections.abc import Callable

import numpy as np
from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2
from ecg.v1.ecg_service_pb2_grpc import add_EcgServiceServicer_to_server
from ecg_model.classifier import Classifier
from ecg_model.recording import Recording
from ecg_server.addresses import AddressError, address_text, check_address_is_free
from ecg_server.batching import Batcher
from ecg_server.interceptor import CallInterceptor
from ecg_server.model_watch import ModelWatch
from ecg_server.prediction_conversion import limits_to_proto
from ecg_server.reflection import add_reflection
from ecg_server.served_models import STABLE, ServedModels
from ecg_server.servicer import EcgServicer
from ecg_server.settings import ServerSettings

SERVICE_NAME = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"].full_name

# How long a call that was accepted may take to begin.
SETTLING_SECONDS = 0.1
# How long answers may take to leave once every call is answered.
LAST_WORDS_SECONDS = 0.5

logger = logging.getLogger(__name__)


class EcgServer:
    """A gRPC server of one model.

    Args:
        settings: how it runs.
        load: loads the classifier of a model, by its name or path; called in a thread.
    """

    def __init__(self, settings: ServerSettings, load: Callable[[str], Classifier]) -> None:
        self._settings = settings
        self._load = load
        self._models = {STABLE: settings.model, **settings.others}
        self._batcher = Batcher(settings.batching)
        self._servicer = EcgServicer(
            self._batcher, settings.stream_recordings, settings.connections.default_deadline_seconds
        )
        self._health = health.aio.HealthServicer()
        self._is_worker = settings.workers > 1
        self._watch = ModelWatch(self._models, self._renew)
        self._served = ServedModels(limits_to_proto(settings))
        self._background: list[asyncio.Task[None]] = []
        self._server = _build_server(settings, self._servicer, self._health)

    async def start(self) -> int:
        """Listen, load and warm up; return the port once the server is SERVING.

        Raises:
            AddressError: the address is in use, not permitted, or none of this machine.
            BundleError: the model cannot be served.
        """
        await self._set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
        if self._is_worker:
            # The kernel gives a share of the port's connections to whoever listens: only when there are answers.
            await self._load_models()
            port = await self._listen()
        else:
            # Alone, to listen first tells at once when the address cannot be had, and lets probes see NOT_SERVING.
            port = await self._listen()
            await self._load_models()
        if self._settings.health.watch_seconds:
            self._background.append(asyncio.create_task(self._watch.run(self._settings.health.watch_seconds)))
        await self._set_health(health_pb2.HealthCheckResponse.SERVING)
        return port

    async def renew_models(self) -> None:
        """Load all models anew beside the running ones, and serve those that can be served."""
        await self._watch.renew_all()

    async def drain(self) -> None:
        """Take no more, answer everything received, and stop."""
        for task in self._background:
            task.cancel()
        await self._set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
        self._servicer.stop_reading()
        stopped = asyncio.create_task(self._server.stop(self._settings.drain_seconds))
        # A call that gRPC has accepted gets its turn to begin before the service is asked whether it is idle.
        await asyncio.wait([stopped], timeout=SETTLING_SECONDS)
        finished = asyncio.create_task(self._servicer.finish())
        await asyncio.wait([stopped, finished], return_when=asyncio.FIRST_COMPLETED)
        finished.cancel()
        # What is left are answers on their way out, and calls that never end by themselves: watchers of health.
        await self._server.stop(LAST_WORDS_SECONDS)
        await stopped
        await self._batcher.close()

    async def _listen(self) -> int:
        host, port = self._settings.host, self._settings.port
        if not self._is_worker:
            check_address_is_free(host, port)
        try:
            bound = self._server.add_insecure_port(address_text(host, port))
        except RuntimeError as error:
            raise AddressError(host, port, "gRPC cannot bind to it") from error
        await self._server.start()
        return bound

    async def _load_models(self) -> None:
        for label in self._models:
            await self._renew(label)
        self._servicer.serve(self._served)

    async def _renew(self, label: str) -> None:
        """Load the model of a label beside what runs, and let it take over."""
        classifier = await asyncio.to_thread(self._load_warm, self._models[label])
        model = self._served.put(label, classifier)
        logger.info("the model %r is now %s, SHA-256 %s", label, model.name, classifier.manifest.sha256)

    def _load_warm(self, model: str) -> Classifier:
        classifier = self._load(model)
        warm_up(classifier, self._settings.batching.largest_batch)
        # What was loaded stays for good: the garbage collector need not look through it again and again.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        return classifier

    async def _set_health(self, status: int) -> None:
        for name in ("", SERVICE_NAME):
            await self._health.set(name, status)


def warm_up(classifier: Classifier, largest_batch: int) -> None:
    """Run every batch size once, so that no caller waits for a runtime to prepare itself for it."""
    wanted = classifier.manifest.input
    silence = Recording(
        np.zeros((wanted.sample_count, len(wanted.lead_names)), dtype=np.float32),
        wanted.sample_rate_hz,
        wanted.lead_names,
    )
    for size in range(1, largest_batch + 1):
        classifier.classify([silence] * size)


def _build_server(
    settings: ServerSettings, servicer: EcgServicer, health_servicer: health.aio.HealthServicer
) -> aio.Server:
    server = aio.server(
        interceptors=[CallInterceptor()],
        options=[
            ("grpc.max_receive_message_length", settings.max_message_bytes),
            ("grpc.max_send_message_length", settings.max_message_bytes),
            # Unless they are meant to share, a second server on the port would silently take half of the calls.
            ("grpc.so_reuseport", int(settings.workers > 1)),
        ],
    )
    add_EcgServiceServicer_to_server(servicer, server)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    add_reflection((SERVICE_NAME, health.SERVICE_NAME), server)
    return server
