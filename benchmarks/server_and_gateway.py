"""This project's server with the gateway before it, as one tree of processes, whose CPU time is counted together."""

import sys

from benchmarks.processes import running
from ecg_gateway.__main__ import main as run_gateway

if __name__ == "__main__":
    with running("ecg_server", *sys.argv[1:]) as server:
        sys.exit(run_gateway(["--port", "0", "--service", server.address]))
