"""Files that come as `multipart/form-data`, taken into memory and nowhere else."""

import math
from collections.abc import AsyncGenerator
from pathlib import PurePosixPath

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ecg_client.formats.file_format import Stated
from ecg_gateway.page.readers import Upload

GREATEST_UPLOAD_BYTES = 1 << 26
"""How many bytes of files that belong together may have: as many as a message to the service."""
MOST_FILES = 64
"""How many files may belong together."""

_MULTIPART = "multipart/form-data"
_GREATEST_NAME_BYTES = 200
_MOST_FIELDS = 2


class UploadRefusedError(Exception):
    """An upload that is not taken.

    Attributes:
        status: The HTTP status that says so.
        message: What is wrong with it, and the remedy.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class _InMemory(MultiPartParser):
    """Takes files into memory; Starlette's own writes those of more than 1 MB into files."""

    spool_max_size = 2 * GREATEST_UPLOAD_BYTES


async def received_upload(request: Request) -> Upload:
    """Take the files of a request, and what it states of them (the fields `sample_rate_hz` and `unit`).

    Raises:
        UploadRefusedError: It is too large, or is no such form.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MULTIPART:
        raise UploadRefusedError(415, f"send the files as {_MULTIPART}, each in a field called file")
    _refuse_length(request.headers.get("content-length", "0"))
    parser = _InMemory(request.headers, _bounded(request), max_files=MOST_FILES, max_fields=_MOST_FIELDS)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise UploadRefusedError(400, f"the form cannot be read: {error.message}") from error
    try:
        return Upload(await _files(form), Stated(_rate(form), _text(form, "unit")))
    finally:
        await form.close()


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for piece in request.stream():
        size += len(piece)
        _refuse_length(str(size))
        yield piece


def _refuse_length(length: str) -> None:
    if length.isdecimal() and int(length) > GREATEST_UPLOAD_BYTES:
        raise UploadRefusedError(
            413, f"the files have more than {GREATEST_UPLOAD_BYTES >> 20} MB; no ECG of ten minutes is as large"
        )


async def _files(form: FormData) -> dict[str, bytes]:
    uploads = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    files = {_name(upload.filename or ""): await upload.read() for upload in uploads}
    if not files:
        raise UploadRefusedError(400, "there is no file in the form; send each in a field called file")
    if len(files) < len(uploads):
        raise UploadRefusedError(400, "two of the files have the same name; send them one after the other")
    return files


def _name(filename: str) -> str:
    """The last part of a name, which readers need: a header names the file beside it."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    if not name.isprintable() or name in ("", ".", "..") or len(name.encode()) > _GREATEST_NAME_BYTES:
        raise UploadRefusedError(
            400, f"a file has a name that cannot be taken; give it a short one"
        )
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
        raise UploadRefusedError(400, "sample_rate_hz is no number above 0; give the samples per second, such as 500")
    return rate


def _text(form: FormData, field: str) -> str | None:
    value = form.get(field)
    return value.strip() or None if isinstance(value, str) else None
