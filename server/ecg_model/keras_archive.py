"""The zip archive that a .keras file is: read within bounds, and written anew from what was checked.

A file may come from anybody, so nothing that it says of itself is believed: how many parts it has, how large they are,
where they belong.
"""

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from ecg_model.errors import BundleError

METADATA_PART = "metadata.json"
CONFIG_PART = "config.json"
WEIGHTS_PART = "model.weights.h5"

# What Keras writes, in both dialects, and how many bytes of each are read at most. Layers that keep files of their own
# ("assets/") are not served.
GREATEST_PART_BYTES = {METADATA_PART: 1 << 16, CONFIG_PART: 1 << 24, WEIGHTS_PART: 1 << 29}
GREATEST_FILE_BYTES = 1 << 29

# The end of a zip archive without a comment, and what stands before it in an archive of the larger kind.
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\5\6"
_LOCATOR_BYTES = 20
_LOCATOR_SIGNATURE = b"PK\6\7"
_GREATEST_DIRECTORY_BYTES = 4096

_ENCRYPTED = 0x1
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_REMEDY = "save the network again with Keras"
_NO_ZIP = "is not a .keras file: it is no zip archive"


@dataclass(frozen=True, slots=True)
class KerasArchive:
    """The three parts of a .keras file."""

    metadata: bytes
    config: bytes
    weights: bytes


def read_archive(path: Path) -> KerasArchive:
    """Return the parts of a .keras file.

    Raises:
        BundleError: there is no such file, it is no .keras file, it is too large, or it holds anything that Keras does
            not write.
    """
    if not path.is_file():
        raise BundleError(path, "there is no such file")
    try:
        _refuse_size(path)
        _refuse_end(path)
        with zipfile.ZipFile(path) as archive:
            _refuse_other_parts(archive, path)
            return KerasArchive(*(_read_part(archive, name, path) for name in GREATEST_PART_BYTES))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error, NotImplementedError) as error:
        raise BundleError(path, f"is not a .keras file, or a damaged one: {error}; {_REMEDY}") from error
    except OSError as error:
        raise BundleError(path, f"cannot be read: {error.strerror or error}") from error


def write_archive(archive: KerasArchive, path: Path) -> None:
    """Write a .keras file of these parts and nothing else."""
    parts = (archive.metadata, archive.config, archive.weights)
    with zipfile.ZipFile(path, "w") as written:
        for name, part in zip(GREATEST_PART_BYTES, parts, strict=True):
            written.writestr(name, part)


def _refuse_size(path: Path) -> None:
    size = path.stat().st_size
    if size > GREATEST_FILE_BYTES:
        raise BundleError(path, f"has {size} bytes, and at most {GREATEST_FILE_BYTES} are taken; {_REMEDY}, smaller")


def _refuse_end(path: Path) -> None:
    # Before the directory is read: one of millions of parts would fill the memory.
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _END.size - _LOCATOR_BYTES))
        tail = file.read()
    if len(tail) < _END.size:
        raise BundleError(path, _NO_ZIP)
    signature, *_, directory_bytes, _, comment_bytes = _END.unpack(tail[-_END.size :])
    if signature != _END_SIGNATURE or comment_bytes:
        raise BundleError(path, _NO_ZIP)
    if directory_bytes > _GREATEST_DIRECTORY_BYTES or tail.startswith(_LOCATOR_SIGNATURE):
        raise BundleError(path, f"is not a .keras file: it holds too many parts; {_REMEDY}")


def _refuse_other_parts(archive: zipfile.ZipFile, path: Path) -> None:
    names = archive.namelist()
    missing = [name for name in GREATEST_PART_BYTES if name not in names]
    if missing:
        raise BundleError(path, f"is not a .keras file: it holds no {missing[0]}; {_REMEDY}")
    others = [name for name in names if name not in GREATEST_PART_BYTES]
    if others:
        raise BundleError(path, f"holds {others[0][:80]!r}, which Keras does not write; {_REMEDY}")
    if len(names) > len(GREATEST_PART_BYTES):
        raise BundleError(path, f"holds a part twice; {_REMEDY}")


def _read_part(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    info = archive.getinfo(name)
    _refuse_part(info, path)
    with archive.open(info) as part:
        # No more is unpacked than is declared, and one byte, which tells of more.
        content = part.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise BundleError(path, f"its {name} is not as long as the archive says; {_REMEDY}")
    return content


def _refuse_part(info: zipfile.ZipInfo, path: Path) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise BundleError(path, f"its {info.filename} is encrypted; {_REMEDY}")
    if info.compress_type not in _COMPRESSIONS:
        raise BundleError(path, f"its {info.filename} is compressed in a way that Keras does not use; {_REMEDY}")
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise BundleError(path, f"its {info.filename} is no plain file but a link or a device; {_REMEDY}")
    limit = GREATEST_PART_BYTES[info.filename]
    if info.file_size > limit:
        raise BundleError(path, f"its {info.filename} unpacks to {info.file_size} bytes; at most {limit} are taken")
