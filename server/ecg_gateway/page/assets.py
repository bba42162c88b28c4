"""The files of the page, as they travel in the wheel; read once."""

import dataclasses
import functools
import hashlib
import mimetypes
from collections.abc import Mapping
from importlib import resources

START = "index.html"
"""The page itself."""


@dataclasses.dataclass(frozen=True, slots=True)
class Asset:
    """One file.

    Attributes:
        content: Its bytes.
        media_type: What they are.
        tag: Changes with them, as an entity tag does.
    """

    content: bytes
    media_type: str
    tag: str


@functools.cache
def assets() -> Mapping[str, Asset]:
    """Return all files by name."""
    folder = resources.files("ecg_gateway.page") / "static"
    return {file.name: _asset(file.name, file.read_bytes()) for file in folder.iterdir() if file.is_file()}


def _asset(name: str, content: bytes) -> Asset:
    # Of a script, the machine's own table may say something that browsers do not run.
    media_type = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
    return Asset(content, media_type or "application/octet-stream", f'"{hashlib.sha256(content).hexdigest()[:16]}"')
