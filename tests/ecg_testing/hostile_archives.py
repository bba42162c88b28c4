"""Archives that no Keras writes: bombs, lies, strangers among the parts."""

import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ecg_testing.keras_archives import CONFIG, METADATA, WEIGHTS, parts_of, write_keras

_IN_DIRECTORY = b"PK\1\2"
_IN_FRONT = b"PK\3\4"


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file that is refused, and a part of what is said of it."""

    name: str
    write: Callable[[Path], object]
    problem: str


def _with_part(name: str) -> Callable[[Path], object]:
    return lambda path: write_keras(path, parts_of() | {name: b"anything"})


def _without(name: str) -> Callable[[Path], object]:
    return lambda path: write_keras(path, {part: content for part, content in parts_of().items() if part != name})


def _compressed(compression: int, name: str = CONFIG, content: bytes | None = None) -> Callable[[Path], object]:
    others = {} if content is None else {name: content}
    return lambda path: write_keras(path, parts_of() | others, compression)


def _twice(path: Path) -> None:
    write_keras(path, parts_of())
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(CONFIG, "{}")


def _link(path: Path) -> None:
    parts = parts_of()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 if name == WEIGHTS else 0o100600) << 16
            archive.writestr(info, "/etc/passwd" if name == WEIGHTS else content)


def _edited(field: int, form: str, change: Callable[[int], int]) -> Callable[[Path], object]:
    """Change a field of what the directory says of the first part, and the part's own header with it."""

    def write(path: Path) -> None:
        content = bytearray(write_keras(path, parts_of()).read_bytes())
        for start in (content.index(_IN_DIRECTORY) + field, content.index(_IN_FRONT) + field - 2):
            (value,) = struct.unpack_from(form, content, start)
            struct.pack_into(form, content, start, change(value))
        path.write_bytes(content)

    return write


def _cut(path: Path) -> None:
    content = write_keras(path, parts_of()).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _with_comment(path: Path) -> None:
    write_keras(path, parts_of())
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"PK\5\6" + bytes(18)


def _as_zip64(path: Path) -> None:
    content = write_keras(path, parts_of()).read_bytes()
    end = content.rindex(b"PK\5\6")
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    path.write_bytes(content[:end] + struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 9, 9, 9, 9) + locator)
    path.write_bytes(path.read_bytes() + content[end:])


def _of_many_parts(path: Path) -> None:
    write_keras(path, parts_of() | {f"assets/{number}": b"" for number in range(1000)})


def _larger(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate((1 << 29) + 1)  # takes no room on the disk


_FLAGS, _SIZE = 8, 24

HOSTILE_ARCHIVES = [
    HostileFile("no zip", lambda path: path.write_bytes(b"not a zip archive"), "no zip archive"),
    HostileFile("an empty file", lambda path: path.write_bytes(b""), "no zip archive"),
    HostileFile("a file that was cut", _cut, "no zip archive"),
    HostileFile("a larger file", _larger, "at most 536870912 are taken"),
    HostileFile("a second end in the comment", _with_comment, "holds no metadata.json"),
    HostileFile("a second directory", _as_zip64, "too many parts"),
    HostileFile("a thousand parts", _of_many_parts, "too many parts"),
    *(HostileFile(f"no {name}", _without(name), f"holds no {name}") for name in (METADATA, CONFIG, WEIGHTS)),
    *(
        HostileFile(f"with {name}", _with_part(name), f"holds {name!r}, which Keras does not write")
        for name in (
            "../../evil.py",
            "/etc/cron.d/evil",
            "assets/layers/string_lookup/vocabulary.txt",
            "model.weights.npz",
            "config.json/../other",
            "C:\\evil.py",
        )
    ),
    HostileFile("a part twice", _twice, "holds a part twice"),
    HostileFile("a link", _link, "is no plain file but a link"),
    HostileFile("an encrypted part", _edited(_FLAGS, "<H", lambda flags: flags | 1), "metadata.json is encrypted"),
    HostileFile("bzip2", _compressed(zipfile.ZIP_BZIP2), "compressed in a way that Keras does not use"),
    HostileFile("lzma", _compressed(zipfile.ZIP_LZMA), "compressed in a way that Keras does not use"),
    HostileFile(
        "a bomb for metadata.json",
        _compressed(zipfile.ZIP_DEFLATED, METADATA, bytes((1 << 16) + 1)),
        "metadata.json unpacks to 65537 bytes; at most 65536 are taken",
    ),
    HostileFile(
        "a bomb for config.json",
        _compressed(zipfile.ZIP_DEFLATED, CONFIG, bytes((1 << 24) + 1)),
        "config.json unpacks to 16777217 bytes",
    ),
    HostileFile("more than declared", _edited(_SIZE, "<L", lambda size: size - 1), "or a damaged one"),
    HostileFile("less than declared", _edited(_SIZE, "<L", lambda size: size + 1), "metadata.json"),
]
