"""A table of labels: a line for each recording, a column for each class."""

import collections
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.ptbxl_table import CLASS_CODES, GREATEST_TABLE_BYTES

_ID_COLUMNS = ("recording_id", "id")
_FILE_COLUMNS = ("file", "filename", "path")
_SEPARATORS = ",;\t"
# As other programs write a column in which values are missing.
_LABELS = {"0": 0, "0.0": 0, "1": 1, "1.0": 1}

Labels = dict[str, dict[str, int]]


def read_labels(path: Path) -> Labels:
    """Reads a table in CSV, its values separated by commas, semicolons or tabs.

    One column says which recording a line is about: `recording_id` or `id`, or `file`, `filename` or `path`, of which
    the name without folder and suffix counts, as that is the recording id. At least one is called NORM, MI, STTC, CD
    or HYP: 1 is shown, 0 is not, empty is unknown. Other columns are passed over.

    Returns:
        By recording id, the labels that are known.

    Raises:
        UnreadableFileError: It cannot be read, lacks a column or has one twice, has another value, or two lines about
            one recording.
    """
    try:
        if path.stat().st_size > GREATEST_TABLE_BYTES:
            raise UnreadableFileError(path, f"the table has more than {GREATEST_TABLE_BYTES:,} bytes")
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = max(_SEPARATORS, key=file.readline().count)
            file.seek(0)
            return _read(csv.DictReader(file, delimiter=separator), path)
    except OSError as error:
        raise UnreadableFileError(path, error.strerror or "it cannot be opened") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFileError(path, "it is no table in CSV of UTF-8; export it as that") from error


def _read(lines: "csv.DictReader[str]", path: Path) -> Labels:
    names = [name for name in lines.fieldnames or () if name]
    id_name = _id_name(names, path)
    class_names = {name: code for name in names if (code := _class_code(name))}
    twice = [code for code, count in collections.Counter(map(_class_code, names)).items() if code and count > 1]
    if twice:
        raise UnreadableFileError(path, f"several of its columns are called {twice[0]}; keep one")
    if not class_names:
        raise UnreadableFileError(path, f"no column is called {', '.join(CLASS_CODES)}; name those of the labels so")
    table: Labels = {}
    for line in lines:
        recording_id = _recording_id(id_name, line[id_name] or "")
        if recording_id in table:
            raise UnreadableFileError(path, f"line {lines.line_num} is the second about its recording; keep one")
        table[recording_id] = dict(_labels(line, class_names, f"line {lines.line_num}", path))
    return table


def _class_code(name: str) -> str | None:
    """The class that a column is about, if it is about one."""
    return next((code for code in CLASS_CODES if code == name.strip().upper()), None)


def _id_name(names: list[str], path: Path) -> str:
    found = [name for name in names if name.strip().lower() in _ID_COLUMNS + _FILE_COLUMNS]
    if len(found) != 1:
        wanted = ", ".join(_ID_COLUMNS + _FILE_COLUMNS)
        raise UnreadableFileError(path, f"{len(found)} of its columns are called {wanted}; one must be")
    return found[0]


def _recording_id(id_name: str, value: str) -> str:
    return Path(value.strip()).stem if id_name.strip().lower() in _FILE_COLUMNS else value.strip()


def _labels(
    line: Mapping[str, str | None], class_names: Mapping[str, str], place: str, path: Path
) -> Iterator[tuple[str, int]]:
    for name, code in class_names.items():
        text = (line[name] or "").strip()
        if text and text not in _LABELS:
            raise UnreadableFileError(path, f"{place}, {code}: {text[:20]!r} is no label; write 0, 1 or nothing")
        if text:
            yield code, _LABELS[text]
