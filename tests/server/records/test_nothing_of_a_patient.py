"""Sentinels that must not turn up: ids, ages and samples that nothing else has."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from grpc import aio

from ecg.v1 import recording_pb2
from ecg_server.records.logs import Logs, start_logs
from ecg_server.settings import RecordSettings
from ecg_testing.fakes import FailingNetwork, fake_classifier
from ecg_testing.messages import packed_recording, units
from ecg_testing.records import entries
from ecg_testing.serving import ONE_BY_ONE, group, request, serving, stream

ID = "sentinel-id"
SENTINELS = (ID, "73.125", "171.375", "7312", "7.312", "333.75")


def sentinel(first_sample: int = 0, *, age: float = 73.125) -> recording_pb2.Recording:
    """Return a recording all of whose values are told from others."""
    signal = units([first_sample])
    signal[1:] = 7312
    metadata = recording_pb2.PatientMetadata(age_years=age, height_cm=171.375)
    return packed_recording(signal, recording_id=ID, metadata=metadata)


def wrong() -> list[recording_pb2.Recording]:
    """Return recordings that are refused, for the id, the age, the signal and the leads."""
    long_id, empty, few_leads = sentinel(), sentinel(), sentinel()
    long_id.recording_id = ID * 30
    empty.ClearField("packed_signal")
    few_leads.packed_signal.lead_names[0] = 0
    infinite = packed_recording(np.full((1000, 12), np.inf, dtype=np.float32), recording_id=ID)
    return [long_id, empty, few_leads, infinite, sentinel(age=333.75)]


async def written_of(recordings: list[recording_pb2.Recording], logs: Logs) -> list[str]:
    """Have a server answer recordings, in a stream and singly; return the reasons for which it refused them."""
    # One by one, so that the recording that breaks its batch breaks no other's.
    async with serving(fake_classifier(FailingNetwork()), logs, batching=ONE_BY_ONE) as server:
        results = await stream(server.stub, [group(recordings)])
        for recording in recordings:
            with suppress(aio.AioRpcError):
                await server.stub.Predict(request(recording))
    return [result.error.reason for result in results]


async def test_nothing_that_is_written_tells_of_a_patient(tmp_path: Path) -> None:
    """Whether recordings are classified, refused, or break the network: the log and the audit log have no sentinel."""
    recordings = [sentinel(), *wrong(), sentinel(2000)]
    with start_logs(RecordSettings(log=tmp_path / "log.jsonl", audit=tmp_path / "audit.jsonl")) as logs:
        reasons = await written_of(recordings, logs)

    # Each in a way of its own, so that the log has been through all of them.
    assert len(set(reasons)) == len(recordings)
    assert (reasons[0], reasons[-1]) == ("", "INTERNAL")
    log, audit = tmp_path / "log.jsonl", tmp_path / f"audit.{datetime.now(UTC).date()}.jsonl"
    assert len(entries(audit)) == 2 * len(recordings)
    assert "secret of the network" in log.read_text(encoding="utf-8")
    for text in (path.read_text(encoding="utf-8") for path in (log, audit)):
        assert [one for one in SENTINELS if one in text] == []
