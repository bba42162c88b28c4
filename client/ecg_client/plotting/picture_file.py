"""A picture in a file, whose suffix says of which kind it is."""

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecg_client.errors import MissingExtraError
from ecg_client.plotting.picture import Picture

SUFFIXES = (".svg", ".png", ".pdf")
DEFAULT_DPI = 200

# No date, so that equal recordings give equal files.
_METADATA: Mapping[str, Mapping[str, Any]] = {
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Producer": None, "Creator": None},
}


def picture_suffix(path: Path) -> str:
    """Returns the kind of picture that a file's name asks for: ".svg", ".png" or ".pdf".

    Raises:
        ValueError: It is none of them.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"the name {path.name} does not say of which kind it is; end it in .svg, .png or .pdf")
    return suffix


def write_picture(path: Path, picture: Picture, *, dots_per_inch: int = DEFAULT_DPI) -> None:
    """Draws a picture, and writes it.

    Args:
        path: Where; its suffix says of which kind the file is.
        picture: What is drawn.
        dots_per_inch: How fine a PNG is; SVG and PDF are as fine as can be.

    Raises:
        ValueError: The suffix is none of .svg, .png and .pdf.
        OSError: The file cannot be written.
        MissingExtraError: Matplotlib is not installed.
    """
    path.write_bytes(_drawn(picture, picture_suffix(path), dots_per_inch))


def _drawn(picture: Picture, suffix: str, dots_per_inch: int) -> bytes:
    try:
        from ecg_client.plotting.drawing import draw, in_style  # noqa: PLC0415 - it imports matplotlib: slow, an extra
    except ImportError as error:
        raise MissingExtraError("Drawing", "plot") from error
    file = io.BytesIO()
    with in_style(), warnings.catch_warnings():
        # An id may be in a script that the font has not: it is drawn as boxes.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        draw(picture).savefig(file, format=suffix[1:], dpi=dots_per_inch, metadata=dict(_METADATA[suffix]))
    return file.getvalue()
