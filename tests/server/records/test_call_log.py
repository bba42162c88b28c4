import re
from dataclasses import replace
from pathlib import Path

import pytest

from ecg_server.call import Call
from ecg_server.records.call_log import request_id_of, write_call
from ecg_server.records.logs import start_logs
from ecg_server.settings import RecordSettings
from ecg_testing.records import entries

CALL = Call(
    request_id="q1",
    method="/ecg.v1.EcgService/PredictStream",
    peer="ipv4:10.0.0.7",
    caller="ward 3",
    status="UNAVAILABLE",
    model_version="ensemble 1.0.0",
    recordings=12,
    refused=2,
    queued_seconds=0.0123,
    computed_seconds=0.25,
    started=100.0,
)


def written(call: Call, path: Path) -> list[dict[str, object]]:
    """Return the lines that the log has of a call that ended half a second after it began."""
    with start_logs(RecordSettings(log=path)):
        write_call(call, ended=100.5)
    return entries(path)


def test_a_call_is_one_line(tmp_path: Path) -> None:
    """It tells who called what, what became of it, and where the time went."""
    (line,) = written(CALL, tmp_path / "log.jsonl")

    del line["timestamp"]
    assert line == {
        "level": "INFO",
        "logger": "ecg_server.records.call_log",
        "message": "call",
        "request_id": "q1",
        "method": "/ecg.v1.EcgService/PredictStream",
        "peer": "ipv4:10.0.0.7",
        "caller": "ward 3",
        "status": "UNAVAILABLE",
        "recordings": 12,
        "refused": 2,
        "queued_ms": 12.3,
        "computed_ms": 250.0,
        "duration_ms": 500.0,
        "model_version": "ensemble 1.0.0",
    }


def test_who_need_not_say_its_name_is_its_address(tmp_path: Path) -> None:
    """The line has a caller in any case."""
    (line,) = written(replace(CALL, caller=""), tmp_path / "log.jsonl")
    assert line["caller"] == "ipv4:10.0.0.7"


def test_probes_do_not_fill_the_log(tmp_path: Path) -> None:
    """Questions about health are not written."""
    assert written(replace(CALL, method="/grpc.health.v1.Health/Check"), tmp_path / "log.jsonl") == []


@pytest.mark.parametrize("fit", ["a", "A-b_c.9", "x" * 128])
def test_a_fit_request_id_is_kept(fit: str) -> None:
    """The caller finds its call again by the id that it gave."""
    assert request_id_of((("user-agent", "x"), ("x-request-id", fit))) == fit


@pytest.mark.parametrize("unfit", ["", "a b", "a\n", "é", "x" * 129, "{}", b"a"])
def test_any_other_is_replaced(unfit: str | bytes) -> None:
    """Nothing is written down that could be mistaken for something else; each call has an id of its own."""
    made = [request_id_of((("x-request-id", unfit),)) for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in made)
    assert made[0] != made[1]


def test_a_call_without_metadata_gets_an_id() -> None:
    """There may be none at all."""
    assert re.fullmatch("[0-9a-f]{32}", request_id_of(None))
