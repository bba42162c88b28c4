"""One run: what is not done yet is dealt out to workers, and what they write is put into the table."""

import contextlib
import pickle
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TextIO

import ray.data
from ray.data import ActorPoolStrategy
from ray.exceptions import RayError

from ecg_cluster.archive.cluster import connected
from ecg_cluster.archive.errors import ArchiveError, ClusterError
from ecg_cluster.archive.job import Chunk, Job, identity_of
from ecg_cluster.archive.listing import list_units
from ecg_cluster.archive.places import Place, open_place
from ecg_cluster.archive.progress import Progress
from ecg_cluster.archive.result_table import PART, ResultTable
from ecg_cluster.archive.settings import ArchiveSettings
from ecg_cluster.archive.unit import Unit
from ecg_cluster.archive.worker import CHUNK, Worker, Written

# So that at the end no worker waits long for the last one.
CHUNKS_PER_WORKER = 8


@dataclass(slots=True)
class Tally:
    """What became of an archive.

    Attributes:
        kept: recordings that an earlier run did.
        done: recordings that this run did.
        failed: recordings of both without a prediction.
        parts: files of which the table consists.
    """

    kept: int = 0
    done: int = 0
    failed: int = 0
    parts: int = 0


def classify_archive(settings: ArchiveSettings, terminal: TextIO) -> Tally:
    """Classify an archive; return what became of it, all of which is in the table by then.

    Raises:
        ArchiveError: it cannot be read, or its table not be written, or that is of another model.
        BundleError: there is no such model, or it cannot be used.
        ClusterError: there is no such cluster, or its workers died over and over.
        UnreadableFileError: the table of a PTB-XL folder is not what PhysioNet publishes.
    """
    archive, output = open_place(settings.archive), open_place(settings.output)
    classifier = settings.model.load()
    units = list_units(archive, settings.stated, output)
    with ResultTable(output) as table:
        identity = identity_of(classifier)
        kept = table.keep(units, identity, replace=settings.replace, retry=settings.retry)
        tally = Tally(kept.recordings, failed=kept.failed)
        pending = [unit for unit in units if unit.name not in kept.paths]
        codes = tuple(one.code for one in classifier.manifest.classes)
        job = Job(settings.model, identity, codes, settings.stated, table.writing)
        if pending:
            progress = Progress(terminal, len(units), len(units) - len(pending))
            with _workers(settings, progress) as workers:
                # Not before: where no worker comes, what was complete still is.
                table.reopen()
                chunks = chunks_of(pending, archive, workers, settings.part_files)
                for written in _written(chunks, job, workers, progress):
                    table.publish(written)
                    tally.done += written.recordings
                    tally.failed += written.failed
        table.complete()
        tally.parts = table.part_count()
    return tally


def chunks_of(units: Sequence[Unit], place: Place, workers: int, part_files: int) -> list[Chunk]:
    """Deal units out to parts: several for each worker, none of more files than a part may have."""
    size = min(part_files, max(1, ceil(len(units) / (workers * CHUNKS_PER_WORKER))))
    run = uuid.uuid4().hex[:12]
    return [
        Chunk(f"{PART}{run}-{index:06}.parquet", place, tuple(units[start : start + size]))
        for index, start in enumerate(range(0, len(units), size))
    ]


@contextlib.contextmanager
def _workers(settings: ArchiveSettings, progress: Progress) -> Iterator[int]:
    """Have a cluster, and progress shown; return how many workers it is to have."""
    progress.begin()
    try:
        with connected(settings.address, settings.workers, settings.object_store_mib) as workers:
            yield workers
    except RayError as error:
        raise _told(error) from error
    finally:
        progress.end()


def _written(chunks: Sequence[Chunk], job: Job, workers: int, progress: Progress) -> Iterator[Written]:
    """Yield the parts of chunks, each as soon as a worker has written it."""
    sizes = {chunk.name: len(chunk.units) for chunk in chunks}
    for row in _data_set(chunks, job, workers).iter_rows():
        written: Written = pickle.loads(row[CHUNK])  # noqa: S301 - our own
        yield written
        progress.add(sizes[written.part], written.recordings)


def _data_set(chunks: Sequence[Chunk], job: Job, workers: int) -> ray.data.Dataset:
    """Return what Ray does: a block for each chunk, a process for each worker, in whatever order they come."""
    items = [{CHUNK: pickle.dumps(chunk)} for chunk in chunks]
    return ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
        Worker,
        fn_constructor_args=(job,),
        batch_size=None,
        compute=ActorPoolStrategy(size=min(workers, len(items))),
        num_cpus=1,
    )


def _told(error: RayError) -> Exception:
    """Return what a worker said, if it was foreseen."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ArchiveError):
            return ArchiveError(str(cause))
        cause = cause.__cause__
    return ClusterError(f"the workers gave up: {str(error).strip().splitlines()[-1]}; what they finished is kept")
