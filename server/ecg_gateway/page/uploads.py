"""Files that come as `multipart/form-data`, taken into memory and nowhere else."""

import asyncio
import math
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ecg_client.formats.file_format import Stated
from ecg_gateway.body import Bodies
from ecg_gateway.errors import RequestError
from ecg_gateway.page.readers import Upload

MOST_FILES = 64
"""How many files may belong together."""

_MULTIPART = "multipart/form-data"
_GREATEST_NAME_BYTES = 200
_MOST_FIELDS = 2
_PIECE_BYTES = 1 << 18


class _InMemory(MultiPartParser):
    """Takes files into memory; Starlette's own writes those of more than 1 MB into files."""

    spool_max_size = sys.maxsize


@asynccontextmanager
async def received_upload(request: Request, bodies: Bodies) -> AsyncIterator[Upload]:
    """Take the files of a request, and what it states of them (the fields `sample_rate_hz` and `unit`).

    They count as in memory until the context ends.

    Raises:
        RequestError: It is too large or too slow, or is no such form.
        BusyError: There is no memory for it.
    """
    _refuse_other_types(request)
    async with bodies.of(request) as body:
        yield await _upload(request, body)


def _refuse_other_types(request: Request) -> None:
    kind, parameters = parse_options_header(request.headers.get("content-type", ""))
    # Any codec of Python's would do for a charset: some of them fail, and some take as long as a text's length squared.
    if kind != _MULTIPART.encode() or parameters.get(b"charset", b"utf-8").lower() != b"utf-8":
        remedy = f"send the files as {_MULTIPART} in UTF-8, each in a field called file"
        raise RequestError("CONTENT_TYPE_UNSUPPORTED", "Content-Type", remedy)


async def _upload(request: Request, body: bytes) -> Upload:
    parser = _InMemory(request.headers, _pieces(body), max_files=MOST_FILES, max_fields=_MOST_FIELDS)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise RequestError("FIELD_INVALID", "", f"the form cannot be read: {error.message}") from error
    try:
        return Upload(await _files(form), Stated(_rate(form), _text(form, "unit")))
    finally:
        await form.close()


async def _pieces(body: bytes) -> AsyncGenerator[bytes, None]:
    """The body in pieces, between which others have their turn."""
    for start in range(0, len(body), _PIECE_BYTES):
        yield body[start : start + _PIECE_BYTES]
        await asyncio.sleep(0)


async def _files(form: FormData) -> dict[str, bytes]:
    uploads = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    files = {_name(upload.filename or ""): await upload.read() for upload in uploads}
    if not files:
        raise RequestError("FIELD_INVALID", "file", "there is none in the form; send each file in a field of that name")
    if len(files) < len(uploads):
        raise RequestError("FIELD_INVALID", "file", "two files have the same name; send them one after the other")
    return files


def _name(filename: str) -> str:
    """The last part of a name, which readers need: a header names the file beside it."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    if not name.isprintable() or name in ("", ".", "..") or len(name.encode()) > _GREATEST_NAME_BYTES:
        raise RequestError("FIELD_INVALID", "file", "a file has a name that cannot be taken; give it a short one")
    return name


def _rate(form: FormData) -> float | None:
    text = _text(form, "sample_rate_hz")
    if text is None:
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not (math.isfinite(rate) and rate > 0):
        raise RequestError("FIELD_INVALID", "sample_rate_hz", "it is no number above 0; send samples per second")
    return rate


def _text(form: FormData, field: str) -> str | None:
    value = form.get(field)
    return value.strip() or None if isinstance(value, str) else None
