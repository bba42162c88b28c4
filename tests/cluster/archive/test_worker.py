"""From chunks to parts, in this process: what Ray does with workers is tested with the command."""

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest

from ecg_client.formats.file_format import Stated
from ecg_client.recording import Recording
from ecg_cluster.archive.classifying import LocalService
from ecg_cluster.archive.errors import ArchiveError
from ecg_cluster.archive.job import Chunk, Job
from ecg_cluster.archive.listing import list_units
from ecg_cluster.archive.places import open_place
from ecg_cluster.archive.run import chunks_of
from ecg_cluster.archive.worker import CHUNK, MOST_DEATHS, Worker, Written
from ecg_testing.archives import rows_of, write_wfdb_archive
from ecg_testing.fakes import FailingNetwork, FirstSamples, fake_classifier


@pytest.fixture
def chunk(tmp_path: Path) -> Chunk:
    """Three records, of which the second lacks its signal."""
    folder = write_wfdb_archive(tmp_path / "records", 3)
    (folder / "001.dat").unlink()
    place = open_place(str(folder))
    return Chunk("part-0.parquet", place, tuple(list_units(place, Stated(), open_place("/nowhere"))))


def test_a_chunk_becomes_a_part(job: Job, chunk: Chunk) -> None:
    """One row for each recording, that which cannot be read too; it is told where it lies."""
    [told] = Worker(job)({CHUNK: np.array([pickle.dumps(chunk)], dtype=object)})[CHUNK]
    written: Written = pickle.loads(told)  # noqa: S301 - our own
    rows = rows_of(Path(written.path))
    assert (written.part, written.recordings, written.failed) == ("part-0.parquet", 3, 1)
    assert [(row["recording_id"], row["reason"]) for row in rows] == [
        ("000", None),
        (None, "UNREADABLE_FILE"),
        ("002", None),
    ]
    assert [row["fingerprint"] for row in rows] == [unit.fingerprint for unit in chunk.units]
    assert {row["model_sha256"] for row in rows if not row["reason"]} == {job.identity.sha256}


def test_what_nobody_meant_to_be_a_recording_is_told(job: Job, tmp_path: Path) -> None:
    """It has no row."""
    (tmp_path / "README").write_text("no recording")
    place = open_place(str(tmp_path / "README"))
    units = tuple(list_units(place, Stated(), open_place("/nowhere")))
    written = Worker(job).write_part(Chunk("part-0.parquet", place, units))
    assert (written.path, written.passed_over) == ("", {units[0].name: units[0].fingerprint})


def test_a_chunk_that_is_tried_again_spoils_nothing(job: Job, chunk: Chunk) -> None:
    """Each try writes a file of its own; only one will be taken."""
    worker = Worker(job)
    first, second = worker.write_part(chunk), worker.write_part(chunk)
    assert first.path != second.path
    assert rows_of(Path(first.path)) == rows_of(Path(second.path))


def test_a_chunk_that_kills_workers_is_given_up(job: Job, chunk: Chunk) -> None:
    """Otherwise Ray would try it again for ever; it is said which files they are."""
    for death in range(MOST_DEATHS):
        (Path(job.output.path) / f"{chunk.name}.begun-{death}").touch()
    with pytest.raises(ArchiveError, match=r"3 workers died .*000\.hea .*002\.hea"):
        Worker(job).write_part(chunk)


def test_a_worker_that_has_another_model_refuses(job: Job) -> None:
    """Under one name two machines may have two versions."""
    other = dataclasses.replace(job.identity, version="0.0.1")
    with pytest.raises(ArchiveError, match=r"a worker has reference .* not reference 0\.0\.1"):
        Worker(dataclasses.replace(job, identity=other))


def test_a_recording_that_breaks_the_network_breaks_no_other() -> None:
    """It alone has no prediction; what broke is not told, for it may hold anything."""
    recordings = [Recording(np.full((1000, 12), value, np.float32), 100.0) for value in (0.1, 2.0, 0.3)]
    outcomes = list(LocalService(fake_classifier(FailingNetwork())).outcomes(recordings))
    assert [one.prediction is not None for one in outcomes] == [True, False, True]
    assert outcomes[1].problem is not None
    assert (outcomes[1].problem.reason, outcomes[1].problem.message) == ("INTERNAL", "internal error")


def test_probabilities_are_each_recordings_own() -> None:
    """In the order in which they were read, over several batches, with refused ones among them."""
    recordings = [
        Recording(np.full((1000 if index % 5 else 10, 12), index / 100, np.float32), 100.0) for index in range(40)
    ]
    outcomes = list(LocalService(fake_classifier(FirstSamples())).outcomes(recordings))
    for index, outcome in enumerate(outcomes):
        if index % 5:
            assert outcome.prediction is not None
            assert outcome.prediction.classes[0].probability == pytest.approx(index / 100)
        else:
            assert outcome.problem is not None
            assert outcome.problem.reason == "SAMPLE_COUNT_UNSUPPORTED"


@pytest.mark.parametrize(("workers", "sizes"), [(1, [13] * 7 + [9]), (100, [1] * 100)])
def test_units_are_dealt_out_evenly(chunk: Chunk, workers: int, sizes: list[int]) -> None:
    """Several chunks for each worker, each unit in one, no part larger than asked for."""
    units = [dataclasses.replace(chunk.units[0], name=str(index)) for index in range(100)]
    chunks = chunks_of(units, chunk.place, workers, part_files=1000)
    assert [len(one.units) for one in chunks] == sizes
    assert [unit for one in chunks for unit in one.units] == units
    assert len({one.name for one in chunks}) == len(chunks)
    assert max(len(one.units) for one in chunks_of(units, chunk.place, workers, part_files=5)) <= 5
