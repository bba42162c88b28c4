"""From the bytes of a JSON body to what they say."""

import asyncio
import re
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from starlette.requests import Request

from ecg_gateway.errors import RequestError

# A text of n bytes can need 20 n bytes once it is read. Within these bounds a large one needs about 100 MB at most.
MAX_VALUES = 2_000_000
MAX_CONTAINERS = 10_000
# Smaller ones are read sooner than a thread takes them over.
LARGE_BODY_BYTES = 1 << 20

_NO_NUMBER = re.compile(r"-?(?:NaN|Infinity|inf|nan)")

Message = TypeVar("Message")


def refuse_other_types(request: Request) -> None:
    """Refuse a body that does not call itself JSON: so no page of another origin can send one without being asked.

    Raises:
        RequestError: it calls itself something else, or nothing.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RequestError("CONTENT_TYPE_UNSUPPORTED", "Content-Type", "the body must be JSON; send application/json")


async def parsed(parse: Callable[[bytes], Message], body: bytes) -> Message:
    """Return what a body says, a large one read in a thread."""
    return parse(body) if len(body) < LARGE_BODY_BYTES else await asyncio.to_thread(parse, body)


def object_of(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body is.

    Raises:
        RequestError: it is none, or one of far more parts than any recording has.
    """
    if len(body) >= LARGE_BODY_BYTES:
        _refuse_many_parts(body)
    if not body:
        raise RequestError("BODY_NOT_JSON", "", "the body is empty; send a JSON object")
    try:
        tree = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError("BODY_NOT_JSON", "", _what_is_wrong(error)) from None
    if not isinstance(tree, dict):
        raise RequestError("BODY_NOT_JSON", "", f"the body is {kind_of(tree)}; send a JSON object")
    return tree


def _refuse_many_parts(body: bytes) -> None:
    # As many commas make as many values, if they do not stand in a text.
    if body.count(b",") > MAX_VALUES or body.count(b"[") + body.count(b"{") > MAX_CONTAINERS:
        description = f"it has more than {MAX_VALUES:,} values, or {MAX_CONTAINERS:,} lists; send packed_signal"
        raise RequestError("BODY_TOO_LARGE", "", description)


def kind_of(value: object) -> str:
    """Return what a JSON value is, in words that tell nothing of its content."""
    return _KINDS.get(type(value), "an object")


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
}


def _what_is_wrong(error: orjson.JSONDecodeError) -> str:
    where = f"line {error.lineno}, column {error.colno}"
    if _NO_NUMBER.search(error.doc[max(0, error.pos - 2) : error.pos + 10]):
        return f"{where}: JSON has no NaN and no Infinity, nor may a recording have them; mend it, or leave it out"
    return f"the body is no JSON: {error.msg} at {where}; let a JSON library write it"
