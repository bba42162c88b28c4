"""Callers of a service: streams and single calls, now and then too many, with recordings good and bad."""

import dataclasses
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import numpy as np

from ecg_client import EcgClient, Recording, ServiceError

STREAMS = 2
STREAMED_PER_SECOND = 40.0
CALLERS = 6
PAUSE_SECONDS = 0.15
FLOOD_CALLERS = 150
# Of all recordings: too noisy, as where an electrode has come off, or at a rate that no ECG has.
NOISY_SHARE = 0.05
REFUSED_SHARE = 0.01
NOISE_MILLIVOLTS = 0.4
NO_RATE_HZ = 5.0


class Load:
    """Calls from many callers, in threads, until it is told to stop.

    Args:
        address: whom they call.
        recordings: what they send, over and over.
        seed: what is noisy, and when who calls, follows from it.
    """

    def __init__(self, address: str, recordings: Sequence[Recording], seed: int = 0) -> None:
        self._address = address
        self._recordings = recordings
        self._seeds = itertools.count(seed)
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Begin with a load that the servers can do."""
        for _ in range(STREAMS):
            self._start(self._stream)
        for _ in range(CALLERS):
            self._start(self._call, PAUSE_SECONDS, self._stopped)

    def flood(self, seconds: float) -> None:
        """Call from many more at once for a while."""
        ended = threading.Event()
        callers = [self._start(self._call, 0.0, ended) for _ in range(FLOOD_CALLERS)]
        time.sleep(seconds)
        ended.set()
        for caller in callers:
            caller.join()

    def end(self) -> None:
        """Send no more, and wait for the answers."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *arguments: object) -> threading.Thread:
        chance = random.Random(next(self._seeds))  # noqa: S311 - nobody gains by foreseeing it
        thread = threading.Thread(target=target, args=(chance, *arguments))
        self._threads.append(thread)
        thread.start()
        return thread

    def _stream(self, chance: random.Random) -> None:
        with EcgClient(self._address) as client:
            for _ in client.predict_stream(self._paced(chance), max_in_flight=32):
                pass

    def _call(self, chance: random.Random, pause_seconds: float, ended: threading.Event) -> None:
        with EcgClient(self._address) as client:
            for recording in self._endlessly(chance):
                if ended.is_set():
                    return
                # What is refused is refused: that is what the picture is to show.
                with suppress(ServiceError):
                    client.predict(recording)
                time.sleep(pause_seconds * chance.uniform(0.5, 1.5))

    def _paced(self, chance: random.Random) -> Iterator[Recording]:
        for recording in self._endlessly(chance):
            if self._stopped.wait(chance.uniform(0.5, 1.5) / STREAMED_PER_SECOND):
                return
            yield recording

    def _endlessly(self, chance: random.Random) -> Iterator[Recording]:
        while True:
            yield _spoilt(chance.choice(self._recordings), chance)


def _spoilt(recording: Recording, chance: random.Random) -> Recording:
    drawn = chance.random()
    if drawn < REFUSED_SHARE:
        return dataclasses.replace(recording, sample_rate_hz=NO_RATE_HZ)
    if drawn < REFUSED_SHARE + NOISY_SHARE:
        return dataclasses.replace(recording, signal=_noisy(recording, chance))
    return recording


def _noisy(recording: Recording, chance: random.Random) -> np.ndarray:
    """Return a signal one lead of which, V1 to V6, is mostly noise."""
    signal = np.array(recording.signal)
    scale = NOISE_MILLIVOLTS if signal.dtype.kind == "f" else 1000 * NOISE_MILLIVOLTS / recording.microvolts_per_unit
    noise = np.random.default_rng(chance.getrandbits(32)).normal(0, scale, len(signal))
    signal[:, chance.randrange(6, 12)] += noise.astype(signal.dtype)
    return signal
