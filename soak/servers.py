"""The servers that are put under load, as users start them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from ecg_testing.cutting_proxy import CuttingProxy
from ecg_testing.processes import ServerProcess
from ecg_testing.restarting_server import RestartingServer
from soak.bundles import BundleFolder, Model

# So short a queue that bursts find it full.
STEADY_QUEUE_WINDOWS = 64
WORKERS = 2
CONNECTION_AGE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Servers:
    """Three servers.

    Attributes:
        steady: is never ended; what it does to memory is watched.
        proxy: in front of it; resets connections.
        restarted: is killed, or told to stop, and started again.
        shared: two worker processes, of which one is killed now and then; connections do not last.
    """

    steady: ServerProcess
    proxy: CuttingProxy
    restarted: RestartingServer
    shared: ServerProcess

    @property
    def addresses(self) -> tuple[str, str, str]:
        """Where callers find them."""
        return self.proxy.address, self.restarted.address, self.shared.address

    @property
    def processes(self) -> tuple[ServerProcess, ...]:
        """Those of now."""
        return self.steady, self.restarted.process, self.shared


@contextmanager
def running(bundles: BundleFolder) -> Iterator[Servers]:
    """Start the servers, give them once all are SERVING, and stop them in the end."""
    model = ("--model", str(bundles.stable), "--also", f"{Model.CANARY}={bundles.canary}")
    often = ("--watch-seconds", "0.5", "--check-seconds", "5")
    with ExitStack() as stack:
        age = ("--max-connection-age-seconds", str(CONNECTION_AGE_SECONDS), "--connection-grace-seconds", "1")
        steady = ServerProcess(*model, *often, "--queue-windows", str(STEADY_QUEUE_WINDOWS))
        restarted = RestartingServer(*model, *often)
        shared = ServerProcess(*model, *often, "--workers", str(WORKERS), *age)
        # All have been started; should one of them fail now, the others are stopped nevertheless.
        for server in (steady, restarted, shared):
            stack.push(server)
        for server in (steady, restarted, shared):
            stack.enter_context(server)
        proxy = stack.enter_context(CuttingProxy(steady.address))
        yield Servers(steady, proxy, restarted, shared)
