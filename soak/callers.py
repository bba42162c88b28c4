"""The callers: each calls again and again until the load is over."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing

from ecg_client import AsyncEcgClient, EcgClient, Recording, ServiceError, ServiceUnavailableError, ServingStatus
from soak.journal import Journal
from soak.load import LONG_TIMEOUT_S, SHORT_TIMEOUTS_S, Load, StreamPlan

_CALLS_PER_CLIENT = 30
_PAUSE_S = 0.2
_PROBE_EVERY_S = 0.5


def stream(load: Load) -> None:
    """Open one stream after the other."""
    with EcgClient(load.address) as client:
        while not load.is_over.is_set():
            plan = load.plan_stream()
            plan.end(_stream_once(client, plan))


def _stream_once(client: EcgClient, plan: StreamPlan) -> ServiceError | None:
    recordings, version = _paced(plan), plan.model_version
    answers = client.predict_stream(recordings, model_version=version, max_in_flight=plan.max_in_flight)
    try:
        with closing(answers) as results:
            for result in results:
                plan.ledger.add(result)
                if plan.is_to_leave:
                    break
    except ServiceError as error:
        return error
    return None


def _paced(plan: StreamPlan) -> Iterator[Recording]:
    for recording in plan.ledger.recordings():
        yield recording
        time.sleep(plan.pace_s)


async def stream_async(load: Load) -> None:
    """Open one stream after the other."""
    async with AsyncEcgClient(load.address) as client:
        while not load.is_over.is_set():
            plan = load.plan_stream()
            plan.end(await _stream_once_async(client, plan))


async def _stream_once_async(client: AsyncEcgClient, plan: StreamPlan) -> ServiceError | None:
    recordings, version = _paced_async(plan), plan.model_version
    answers = client.predict_stream(recordings, model_version=version, max_in_flight=plan.max_in_flight)
    try:
        async with aclosing(answers) as results:
            async for result in results:
                plan.ledger.add(result)
                if plan.is_to_leave:
                    break
    except ServiceError as error:
        return error
    return None


async def _paced_async(plan: StreamPlan) -> AsyncIterator[Recording]:
    for recording in plan.ledger.recordings():
        yield recording
        await asyncio.sleep(plan.pace_s)


def call_patiently(load: Load) -> None:
    """Make single calls that have all the time they need."""
    while not load.is_over.is_set():
        with EcgClient(load.address, timeout_s=LONG_TIMEOUT_S) as client:
            for _ in range(_CALLS_PER_CLIENT):
                if load.is_over.wait(load.chance.uniform(0, _PAUSE_S)):
                    return
                _call(client, load)


def _call(client: EcgClient, load: Load) -> None:
    sample, model_version = load.plan_call()
    try:
        prediction = client.predict(sample.recording, model_version=model_version)
    except ServiceError as error:
        load.note_refusal(sample, error, LONG_TIMEOUT_S)
    else:
        load.note_answer(sample, prediction, model_version)


async def call_in_a_hurry(load: Load) -> None:
    """Make single calls with short deadlines."""
    while not load.is_over.is_set():
        timeout_s = load.chance.choice(SHORT_TIMEOUTS_S)
        async with AsyncEcgClient(load.address, timeout_s=timeout_s) as client:
            for _ in range(_CALLS_PER_CLIENT):
                await asyncio.sleep(load.chance.uniform(0, _PAUSE_S))
                await _call_async(client, load, timeout_s)


async def call_all_at_once(load: Load, count: int) -> None:
    """Make so many single calls at the same time."""
    async with AsyncEcgClient(load.address, timeout_s=LONG_TIMEOUT_S) as client:
        await asyncio.gather(*(_call_async(client, load, LONG_TIMEOUT_S) for _ in range(count)))


async def _call_async(client: AsyncEcgClient, load: Load, timeout_s: float) -> None:
    sample, model_version = load.plan_call()
    try:
        prediction = await client.predict(sample.recording, model_version=model_version)
    except ServiceError as error:
        load.note_refusal(sample, error, timeout_s)
    else:
        load.note_answer(sample, prediction, model_version)


def probe(address: str, *, is_steady: bool, is_over: threading.Event, journal: Journal) -> None:
    """Ask for a server's health; one that is never ended is to be SERVING throughout."""
    allowed = {ServingStatus.SERVING} if is_steady else {ServingStatus.SERVING, ServingStatus.NOT_SERVING}
    with EcgClient(address) as client:
        while not is_over.wait(_PROBE_EVERY_S):
            try:
                status = client.health()
            except ServiceUnavailableError:
                continue
            except ServiceError as error:
                journal.note_unforeseen(f"asked for its health, {address} says {error.code.name} {error}")
            else:
                if status not in allowed:
                    journal.note_unforeseen(f"asked for its health, {address} says {status.name}")
