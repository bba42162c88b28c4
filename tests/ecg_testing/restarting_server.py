"""A server process that is killed and started again on its port."""

from types import TracebackType
from typing import Self

from ecg_testing.ports import lasting_port
from ecg_testing.processes import ServerProcess


class RestartingServer:
    """`ecg-server` at one address, whatever becomes of its process.

    Args:
        arguments: its flags, besides --port.

    Attributes:
        port: where it listens.
        process: the process of now.
    """

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self.port = lasting_port()
        self.process = self._start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.process.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.__exit__(kind, error, trace)

    def kill(self) -> None:
        """End the process with SIGKILL."""
        self.process.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """Start a new process after the old one has ended; it may take a while to be SERVING."""
        self.process = self._start()

    def _start(self) -> ServerProcess:
        return ServerProcess("--port", str(self.port), *self._arguments)
