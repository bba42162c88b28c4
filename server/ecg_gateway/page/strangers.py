"""Files that hold no recording: what they are, in the words of somebody who looks at ECGs and not at files."""

from collections.abc import Sequence
from pathlib import PurePath

_PICTURE = "{} picture, not an ECG. A picture of an ECG cannot be read: export the recording itself from the cart"
_DOCUMENT = "{} document, not an ECG. A printed ECG cannot be read: export the recording itself from the cart"
_AS_WHAT = "as DICOM, SCP-ECG, XML (HL7, GE, Philips), EDF or CSV"
# What files of a kind begin with; and, where many kinds begin alike, what their names end in.
_BEGINNINGS: Sequence[tuple[bytes, str]] = (
    (b"\xff\xd8\xff", _PICTURE.format("a JPEG")),
    (b"\x89PNG\r\n\x1a\n", _PICTURE.format("a PNG")),
    (b"GIF8", _PICTURE.format("a GIF")),
    (b"II*\0", _PICTURE.format("a TIFF")),
    (b"MM\0*", _PICTURE.format("a TIFF")),
    (b"BM", _PICTURE.format("a BMP")),
    (b"%PDF", _DOCUMENT.format("a PDF")),
    (b"{\\rtf", _DOCUMENT.format("a text")),
    (b"\xd0\xcf\x11\xe0", _DOCUMENT.format("a Microsoft Office")),
)
_OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods")
_ARCHIVES = (b"PK\3\4", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")


def is_stranger(name: str, head: bytes) -> bool:
    """Return whether a file is of a kind that holds no recording, whatever else of it may look like one."""
    return not head or _kind(name, head) is not None or _is_archive(name, head)


def stranger_text(name: str, head: bytes) -> str:
    """Say what a file is that no reader knows, and what to do; `head` is how it begins."""
    suffix = PurePath(name).suffix.lower()
    if not head:
        return "This file is empty. Copy or export it again."
    if kind := _kind(name, head):
        return f"This file is {kind} {_AS_WHAT}."
    if _is_archive(name, head):
        return "This file is an archive. Unpack it, and drop the files that are in it."
    if suffix in (".dat", ".hea"):
        return "This is one half of a WFDB record. Drop both of its files together: the header (.hea) and the .dat."
    return f"This file is no ECG of a kind that can be read here. Export the recording {_AS_WHAT}."


def _kind(name: str, head: bytes) -> str | None:
    if PurePath(name).suffix.lower() in _OFFICE and head.startswith(_ARCHIVES):
        return _DOCUMENT.format("an Office")
    return next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)


def _is_archive(name: str, head: bytes) -> bool:
    """Whether it holds other files; an .npz holds arrays."""
    return PurePath(name).suffix.lower() != ".npz" and head.startswith(_ARCHIVES)
