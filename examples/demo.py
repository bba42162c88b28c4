"""Starts a server, streams recordings to it over one connection, prints what they show, and stops it again.

    python examples/demo.py [PTB-XL folder | WFDB files | data.npz]

Of a PTB-XL folder it takes fold 9, which the shipped network was not trained on. Without an argument it takes a few
synthetic recordings.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER = [sys.executable, "-m", "ecg_server", "--port", "0"]
STREAM = [sys.executable, "-m", "ecg_client.cli", "stream"]
ANNOUNCEMENT = "listening on "


def main(arguments: list[str]) -> int:
    """Run the demonstration; return the exit status."""
    with _server() as address:
        return subprocess.run([*STREAM, "--address", address, *_recordings(arguments)], check=False).returncode


@contextmanager
def _server() -> Iterator[str]:
    """Run a server on a free port, and give its address once it is SERVING."""
    with subprocess.Popen(SERVER, stderr=subprocess.PIPE, text=True) as server:
        try:
            yield _address(server)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stderr is not None
    lines = []
    for line in server.stderr:
        if line.startswith(ANNOUNCEMENT):
            return line.removeprefix(ANNOUNCEMENT).strip()
        lines.append(line)
    sys.exit(f"the server did not start:\n{''.join(lines)}")


def _recordings(arguments: list[str]) -> list[str]:
    if not arguments:
        print("No DATA was given, so these recordings are synthetic: made up by this program.")
        print("How good the model is, they cannot show; docs/model-card.md does.", flush=True)
        return ["--synthetic", "10"]
    if any((Path(argument) / "ptbxl_database.csv").is_file() for argument in arguments):
        return [*arguments, "--fold", "9"]
    return arguments


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
