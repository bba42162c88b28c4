import os
import signal
import subprocess
import sys

import pytest

from ecg_testing.fake_service import FakeService

STREAM = [sys.executable, "-m", "ecg_client.cli", "stream", "--synthetic", "100000"]


def test_ctrl_c_counts_what_was_answered(address: str, service: FakeService) -> None:
    """Never the recordings that were to be sent; in the exit code 130."""
    command = [*STREAM, "--address", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        service.wait_for(300)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    count = int(err.removeprefix("interrupted: ").partition(" ")[0])
    assert err == f"interrupted: {count} results; the rest has none\n"
    assert 0 < count < 100000
    assert f"\n{count} recordings\n" in out
    assert f"Synthetic, made up by this program: {count}\n" in out


def test_a_reader_that_goes_away_ends_the_program_quietly(address: str) -> None:
    """`ecg stream --json | head -n 1`: no traceback, no figures, and the shell's code for a closed pipe."""
    command = [*STREAM, "--json", "--address", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("{")
        process.stdout.close()
        err = process.stderr.read()
        assert (process.wait(timeout=60), err) == (141, "")


@pytest.mark.parametrize("arguments", [["stream", "--synthetic", "3"], ["summary"]])
def test_a_table_that_nobody_reads_ends_quietly_too(address: str, arguments: list[str]) -> None:
    """What rich prints and what typer prints end alike."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "ecg_client.cli", *arguments, "--address", address]
    finished = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)  # noqa: S603 - our own
    os.close(writer)
    assert (finished.returncode, finished.stderr) == (141, b"")


def test_the_command_line_silences_what_grpc_writes_by_itself() -> None:
    """It is set before grpc is imported, which is when grpc reads it."""
    code = "import ecg_client.cli.__main__, grpc; grpc.insecure_channel('').unary_unary('/a/b')(b'')"
    environment = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"}
    command = [sys.executable, "-c", code]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - our own
    assert "Traceback" in finished.stderr
    assert "dns_resolver.cc" not in finished.stderr
