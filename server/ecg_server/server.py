"""The server's life: listen, load, warm up, serve, drain."""

import asyncio
import gc
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
from ecg_server.interceptor import StatusInterceptor
from ecg_server.prediction_conversion import PredictionConverter, model_summary_to_proto
from ecg_server.reflection import add_reflection
from ecg_server.served_model import ServedModel
from ecg_server.servicer import EcgServicer
from ecg_server.settings import ServerSettings
from ecg_server.unreadable import UnreadableMessageInterceptor

SERVICE_NAME = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"].full_name

# How long a call that was accepted may take to begin.
SETTLING_SECONDS = 0.1
# How long answers may take to leave once every call is answered.
LAST_WORDS_SECONDS = 0.5


class EcgServer:
    """A gRPC server of one model.

    Args:
        settings: how it runs.
        load: loads the classifier; called in a thread.
    """

    def __init__(self, settings: ServerSettings, load: Callable[[], Classifier]) -> None:
        self._settings = settings
        self._load = load
        self._servicer = EcgServicer(settings.stream_recordings)
        self._health = health.aio.HealthServicer()
        self._is_worker = settings.workers > 1
        self._batcher: Batcher | None = None
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
            await self._load_model()
            port = await self._listen()
        else:
            # Alone, to listen first tells at once when the address cannot be had, and lets probes see NOT_SERVING.
            port = await self._listen()
            await self._load_model()
        await self._set_health(health_pb2.HealthCheckResponse.SERVING)
        return port

    async def drain(self) -> None:
        """Take no more, answer everything received, and stop."""
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
        if self._batcher is not None:
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

    async def _load_model(self) -> None:
        classifier = await asyncio.to_thread(self._load_warm)
        # What was loaded stays for good: the garbage collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        self._batcher = Batcher(classifier.classify, self._settings.batching, classifier.window_count)
        self._servicer.serve(
            ServedModel(
                self._batcher,
                PredictionConverter(classifier),
                model_summary_to_proto(classifier, self._settings.max_message_bytes),
            )
        )

    def _load_warm(self) -> Classifier:
        classifier = self._load()
        warm_up(classifier, self._settings.batching.largest_batch)
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
        interceptors=[StatusInterceptor(), UnreadableMessageInterceptor()],
        options=[
            ("grpc.max_receive_message_length", settings.max_message_bytes),
            ("grpc.max_send_message_length", settings.max_message_bytes),
            # Without it one connection can begin so many calls that gRPC ends those of other callers.
            ("grpc.max_concurrent_streams", settings.connections.max_calls_per_connection),
            # Unless they are meant to share, a second server on the port would silently take half of the calls.
            ("grpc.so_reuseport", int(settings.workers > 1)),
        ],
    )
    add_EcgServiceServicer_to_server(servicer, server)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    add_reflection((SERVICE_NAME, health.SERVICE_NAME), server)
    return server
