"""Servers as users start them: processes of their own."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Self

LISTENING = "listening on "


class ServerProcess:
    """`python -m ecg_server` on a free port, SERVING.

    Args:
        arguments: its flags, besides --port.
        module: what is run in its place.
        python: by which Python.
        environment: variables, besides those of this process.

    Attributes:
        process: the process.
        address: where it listens.
        lines: what it wrote to standard error, so far.
    """

    def __init__(
        self,
        *arguments: str,
        module: str = "ecg_server",
        python: str = sys.executable,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own
            [python, "-m", module, "--port", "0", *arguments],
            env={**os.environ, **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.address = ""
        self._is_listening = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def complaints(self) -> list[str]:
        """What it wrote besides where it listens and what a log says when all is well."""
        return [line for line in self.lines if not line.startswith(LISTENING) and '"level": "INFO"' not in line]

    def __enter__(self) -> Self:
        if not self._is_listening.wait(timeout=180) or not self.address:
            self.stop()
            raise AssertionError("the server did not start:\n" + "".join(self.lines))
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """Send SIGTERM, wait for the end and return the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.wait()

    def wait(self) -> int:
        """Wait for the end and return the exit status."""
        try:
            status = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join(timeout=60)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return status

    def _read(self) -> None:
        for line in self.process.stderr or ():
            self.lines.append(line)
            if line.startswith(LISTENING):
                self.address = line.removeprefix(LISTENING).strip()
                self._is_listening.set()
        self._is_listening.set()
