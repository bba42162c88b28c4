"""Folders and buckets: where files are, and what they are called in tables and messages."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import fsspec.core
import pyarrow as pa
from pyarrow import fs

from ecg_cluster.archive.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or file, on disks or in a bucket.

    Attributes:
        filesystem: what reads and writes there; it can be sent to other machines.
        path: the folder or file, as that knows it.
        prefix: what is put before such a path to name it: a scheme such as "s3://", or nothing. What a URI holds
            besides (keys, regions) is in no name.
    """

    filesystem: fs.FileSystem
    path: str
    prefix: str = ""

    @property
    def is_local(self) -> bool:
        """Whether programs can open its files by their paths."""
        return isinstance(self.filesystem, fs.LocalFileSystem)

    def name_of(self, path: str) -> str:
        """Return what a file is called in tables and messages."""
        # A path may have bytes that are no character; no table takes them.
        return f"{self.prefix}{path}".encode("utf-8", "backslashreplace").decode("utf-8")

    def at(self, path: str) -> "Place":
        """Return another place of the same file system."""
        return Place(self.filesystem, path, self.prefix)

    def __str__(self) -> str:
        return self.name_of(self.path)


def open_place(text: str) -> Place:
    """Return the place that a path or URI names, whether there is something or not.

    Args:
        text: a path of this machine, or a URI that pyarrow (file, s3, gs, abfs, hdfs) or else fsspec knows.

    Raises:
        ArchiveError: nobody knows such a URI, or what reads it is not installed.
    """
    if "://" not in text:
        return Place(fs.LocalFileSystem(), os.path.abspath(text))  # noqa: PTH100 - no link is followed
    scheme = urlsplit(text).scheme
    try:
        filesystem, path = _open_uri(text)
    except (pa.ArrowException, ImportError, OSError, ValueError) as error:
        # Not the URI itself: it may hold a key.
        raise ArchiveError(
            f"{scheme}://…: {error or type(error).__name__}; give a folder, or a URI as s3://"
        ) from error
    path = path.rstrip("/") or path
    return Place(filesystem, path, "" if isinstance(filesystem, fs.LocalFileSystem) else f"{scheme}://")


def _open_uri(uri: str) -> tuple[fs.FileSystem, str]:
    try:
        filesystem, path = fs.FileSystem.from_uri(uri)
    except pa.ArrowInvalid:
        other, path = fsspec.core.url_to_fs(uri)
        return fs.PyFileSystem(fs.FSSpecHandler(other)), str(path)
    return filesystem, str(path)


def local_path(place: Place) -> Path:
    """Return the path of a place that is local."""
    return Path(place.path)
