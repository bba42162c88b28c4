"""What the command line asks for."""

from dataclasses import dataclass, field

from ecg_client.formats.file_format import Stated
from ecg_cluster.archive.job import Model


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """What is to be classified, with what, and where the rows go.

    Attributes:
        archive: the folder, file or URI of the recordings.
        output: the folder or URI of the table.
        model: what classifies.
        stated: what is stated of files that do not say it themselves.
        workers: how many processes classify, a core for each; None: as many as the cluster has cores.
        address: the Ray cluster, as HOST:PORT of its head; empty: one of this machine alone, which ends with the run.
        object_store_mib: memory of such a cluster for what passes between its processes, which is little.
        part_files: how many files of recordings go into one part of the table, at most.
        replace: whether the rows of another model are done again.
        retry: whether rows without a prediction are tried again.
    """

    archive: str
    output: str
    model: Model
    stated: Stated = field(default_factory=Stated)
    workers: int | None = None
    address: str = ""
    object_store_mib: int = 128
    part_files: int = 1000
    replace: bool = False
    retry: bool = False
