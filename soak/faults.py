"""What is done to the servers, their connections, their models and their callers."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from ecg_client import EcgClient, ServiceError, ServingStatus
from ecg_testing.cutting_proxy import Side
from soak.bundles import BundleFolder, Model
from soak.callers import call_all_at_once
from soak.journal import Journal
from soak.killed_client import KilledClient
from soak.load import Load
from soak.server_logs import ServerLogs
from soak.servers import STEADY_QUEUE_WINDOWS, WORKERS, Servers
from soak.waiting import until

_BURST = 5 * STEADY_QUEUE_WINDOWS


class Faults:
    """Injects faults, one at a time; each returns once the server it concerns is well again.

    Args:
        servers: what they are done to.
        bundles: what the servers serve; two versions have been published.
        load: of a caller at the steady server.
        logs: what the servers write down.
        journal: where each is told of.
        folder: for the files of clients that are killed.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - it has its hands everywhere
        self, servers: Servers, bundles: BundleFolder, load: Load, logs: ServerLogs, journal: Journal, folder: Path
    ) -> None:
        self._servers = servers
        self._bundles = bundles
        self._load = load
        self._logs = logs
        self._journal = journal
        self._folder = folder
        self._chance = load.chance
        self._published = 2
        self._version = f"2.{Model.TILTED}"
        self._model = Model.TILTED
        self._left: list[Callable[[], None]] = []
        self._kinds: Sequence[Callable[[], None]] = (
            self.kill_server,
            self.drain_server,
            self.kill_worker,
            self.reset_connections,
            self.kill_client,
            self.swap_bundle,
            self.break_bundle,
            self.overload,
        )

    def inject(self, end: float, pause: float) -> None:
        """Inject faults until the end: all once, in random order, and again.

        Args:
            end: when that is, on the clock of the journal.
            pause: between two of them on average, in seconds.
        """
        while self._journal.elapsed_seconds < end:
            time.sleep(self._chance.uniform(0, 2 * pause))
            try:
                self._draw()()
            except TimeoutError as error:
                self._journal.note_unforeseen(str(error))

    def renew_all(self) -> None:
        """Have nothing left of the models that were replaced: a thread holds on to what it computed last."""
        self.swap_bundle()
        self.overload()

    def kill_server(self) -> None:
        """SIGKILL; another one is started in its place."""
        self._journal.tell("the restarted server is killed")
        old = self._servers.restarted.process
        self._servers.restarted.kill()
        self._logs.read(old)
        self._start_again()

    def drain_server(self) -> None:
        """SIGTERM; another one is started in its place."""
        self._journal.tell("the restarted server is told to stop")
        old = self._servers.restarted.process
        status = old.stop()
        self._logs.read(old)
        if status != 0:
            self._journal.note_unforeseen(f"told to stop, the server exited with status {status}")
        self._start_again()

    def kill_worker(self) -> None:
        """SIGKILL to one of the workers; their parent starts another."""
        victim = self._chance.choice(self._workers())
        self._journal.tell(f"worker {victim.pid} is killed")
        victim.kill()
        until(lambda: len([one for one in self._workers() if one != victim]) == WORKERS, "another worker listens")

    def reset_connections(self) -> None:
        """Whatever is under way between callers and the steady server is gone."""
        for _ in range(self._chance.randint(1, 3)):
            side = self._chance.choice([*Side])
            count = self._servers.proxy.cut(side)
            self._journal.tell(f"{count} connections to the steady server are reset ({side})")
            time.sleep(self._chance.uniform(0, 0.5))

    def kill_client(self) -> None:
        """SIGKILL to a client that streams; another one goes on where it was."""
        self._journal.tell("a client is killed")
        client = KilledClient(self._chance.choice(self._servers.addresses), self._folder, self._load)
        client.run(self._chance.uniform(0, 0.5))

    def swap_bundle(self) -> None:
        """A new version of the model takes over."""
        self._published += 1
        self._model = Model.PLAIN if self._model is Model.TILTED else Model.TILTED
        self._version = self._bundles.publish(self._published, self._model)
        self._journal.tell(f"version {self._version} is published")
        until(lambda: self._is_served(self._version), f"version {self._version} is served")

    def break_bundle(self) -> None:
        """A bundle whose network is not the one that its manifest describes is refused; the old one goes on."""
        self._published += 1
        refused = self._logs.refused_bundles
        self._journal.tell("a broken bundle is published")
        self._bundles.publish_broken(self._published)
        # By the two that are alone, and by both workers of the third.
        until(lambda: self._logs.refused_bundles >= refused + 2 + WORKERS, "all servers refuse a broken bundle")
        self._bundles.publish_again(self._version)
        time.sleep(1)

    def overload(self) -> None:
        """More calls at once than may wait at the steady server."""
        self._journal.tell(f"{_BURST} calls at once to the steady server")
        asyncio.run(call_all_at_once(self._load, _BURST))

    def _draw(self) -> Callable[[], None]:
        if not self._left:
            self._left = self._chance.sample(self._kinds, len(self._kinds))
        return self._left.pop()

    def _start_again(self) -> None:
        self._servers.restarted.start_again()
        until(lambda: _is_serving(self._servers.restarted.address), "the restarted server is SERVING")

    def _workers(self) -> list[psutil.Process]:
        """Return the workers that listen: they can answer."""
        port = int(self._servers.shared.address.rpartition(":")[2])
        children = psutil.Process(self._servers.shared.process.pid).children()
        return [child for child in children if _listens(child, port)]

    def _is_served(self, version: str) -> bool:
        return all(_version(address) == version for address in self._servers.addresses)


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections("tcp")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in connections)


def _is_serving(address: str) -> bool:
    try:
        with EcgClient(address, timeout_s=5) as client:
            return client.health() is ServingStatus.SERVING
    except ServiceError:
        return False


def _version(address: str) -> str:
    try:
        with EcgClient(address, timeout_s=5) as client:
            return client.model_summary().model.version
    except ServiceError:
        return ""
