import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecg_testing.fake_service import FakeService

Ecg = Callable[..., tuple[int, str, str]]


def test_an_unreadable_file_among_many_is_a_row_with_its_reason(ecg: Ecg, npz: Path, tmp_path: Path) -> None:
    """The others are classified, and the exit code says that not all went well."""
    code, out, _ = ecg("stream", tmp_path / "gone", npz, tmp_path / "late")
    assert code == 1
    rows = out.splitlines()
    assert "gone" in rows[1]
    assert out.count("UNREADABLE_FILE") == 2
    assert "42 recordings; 2 could not be read or classified" in out


def test_a_file_that_cannot_be_read_is_no_reason_to_fail_otherwise(ecg: Ecg, tmp_path: Path) -> None:
    """Even where there is nothing else."""
    code, out, err = ecg("stream", tmp_path / "gone")
    assert (code, err) == (1, "")
    assert "there is no such file" in out
    assert "1 recording; 1 could not be read or classified" in out


def test_a_stream_that_breaks_off_shows_what_came_before(ecg: Ecg, tmp_path: Path) -> None:
    """The exit code is that of the service's error, and nobody who was answered is told to start a server."""
    for name in ("0", "abort"):
        _write_record(tmp_path, name)
    code, out, err = ecg("stream", tmp_path)
    assert code == 3
    assert "0.700" in out
    assert "1 recording\n" in out
    cut, count, last = err.splitlines()
    assert cut.startswith("ecg: the stream was cut after 1 answers and is resumed: ")
    assert count == "the stream broke off: 1 result; the rest has none"
    assert "is unavailable: shutting down (gave up after 5 cuts in a row at the same recording" in last


def test_a_stream_that_was_cut_and_resumed_says_so(ecg: Ecg, service: FakeService) -> None:
    """On standard error, once for each cut; otherwise all went well."""
    service.cuts.extend([3, 0, 0])
    code, out, err = ecg("stream", "--synthetic", 6, "--json")
    assert (code, len(out.splitlines())) == (0, 6)
    assert err.startswith("ecg: the stream was cut after 3 answers and is resumed: the service at ")
    assert err.count("was cut") == 1


def test_a_service_that_is_not_there_is_one_line(ecg: Ecg) -> None:
    """It says where it was sought, and how to start one."""
    code, out, err = ecg("stream", "--synthetic", 2, "--address", "127.0.0.1:1")
    assert (code, out) == (3, "")
    assert err.startswith("ecg: the service at 127.0.0.1:1 is unavailable")
    assert "ecg-server" in err
    assert err.count("\n") == 1


def test_what_the_service_refuses_is_said_with_the_fields(ecg: Ecg, tmp_path: Path) -> None:
    """In `predict` and in `stream` alike; the exit code says that not all went well."""
    record = tmp_path / "still"
    record.with_suffix(".hea").write_text("still 1 0 4\nstill.dat 16 1000(0)/mV 16 0 0 0 0 I\n")
    record.with_suffix(".dat").write_bytes(bytes(8))
    code, out, _ = ecg("predict", record)
    assert code == 1
    assert (
        "SAMPLE_RATE_NOT_POSITIVE: sample_rate_hz is 0; send the rate in hertz\n  in recording.sample_rate_hz\n" in out
    )
    code, out, _ = ecg("stream", record)
    assert code == 1
    assert "SAMPLE_RATE_NOT_POSITIVE" in out


def test_a_call_that_takes_too_long_says_how_to_allow_more(ecg: Ecg, service: FakeService, npz: Path) -> None:
    """Which address, how long, and the option."""
    service.may_answer.clear()
    address = os.environ["ECG_ADDRESS"]
    code, _, err = ecg("check", npz, "--timeout", 0.05)
    assert (code, err) == (3, f"ecg: no answer from {address} within 0.05 s; allow more with --timeout\n")
    code, _, err = ecg("stream", npz, "--timeout", 0.05)
    assert (code, err) == (3, f"ecg: not all answers from {address} within 0.05 s; allow more with --timeout\n")


@pytest.mark.parametrize("address", ["localhost", "http://localhost:50051", ""])
@pytest.mark.parametrize("command", [["health"], ["stream", "--synthetic", "1"]])
def test_an_address_without_host_or_port_is_a_usage_error(ecg: Ecg, command: list[str], address: str) -> None:
    """One line, before anything is sent."""
    code, out, err = ecg(*command, "--address", address)
    assert (code, out) == (2, "")
    assert err == f"ecg: the address is {address!r}; give HOST:PORT, such as 127.0.0.1:50051, without http://\n"


def test_a_fold_of_something_without_folds_is_a_usage_error(ecg: Ecg, npz: Path) -> None:
    """It would be ignored otherwise."""
    code, out, err = ecg("stream", npz, "--fold", 9)
    assert (code, out) == (2, "")
    assert "--fold needs a PTB-XL folder (one with ptbxl_database.csv)" in err


def test_what_is_no_npz_is_refused_without_advice_to_load_it_unsafely(ecg: Ecg, tmp_path: Path) -> None:
    """NumPy would propose to unpickle it."""
    path = tmp_path / "README.md"
    path.write_text("# Notes\n")
    code, _, err = ecg("check", path)
    assert code == 1
    assert "not an .npz file" in err
    assert "pickle" not in err


def test_in_a_pipe_a_row_is_one_line_without_padding(ecg: Ecg, tmp_path: Path, npz: Path) -> None:
    """A long path or message is not broken in two, and does not widen the other rows."""
    code, out, _ = ecg("stream", tmp_path / ("deep" * 60), npz)
    assert code == 1
    assert [line for line in out.splitlines() if line != line.rstrip()] == []
    assert any(line.endswith("UNREADABLE_FILE: there is no such file") for line in out.splitlines())
    record = tmp_path / ("deep" * 60)
    _, out, _ = ecg("predict", record)
    assert out.startswith(f"{record} UNREADABLE_FILE: there is no such file\n")


def _write_record(folder: Path, name: str) -> None:
    wfdb.wrsamp(
        name,
        fs=100,
        units=["mV"] * 5,
        sig_name=["I", "II", "III", "AVR", "AVL"],
        d_signal=np.full((1000, 5), 700),
        fmt=["16"] * 5,
        adc_gain=[1000.0] * 5,
        baseline=[0] * 5,
        write_dir=str(folder),
    )
