"""Messages of the contract as ProtoJSON, with the names that the .proto files have; lowerCamelCase is read, too.

It is written by protobuf's own `json_format`, and read here: `json_format` needs ten times as long for 12,000 samples,
takes 1.5 for an enum and true for a number, and says of what it refuses neither where it is nor what to send instead.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

import orjson
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from ecg_gateway.errors import RequestError
from ecg_gateway.json_body import MAX_CONTAINERS, kind_of, object_of

NUMBER_IN_QUOTES = r"NaN|-?Infinity|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"

_PLAIN_NUMBERS = frozenset((int, float))
_NUMBER_IN_QUOTES = re.compile(NUMBER_IN_QUOTES)

M = TypeVar("M", bound=Message)


def message_from_json(body: bytes, kind: type[M]) -> M:
    """Return the message that a body says.

    Raises:
        RequestError: it is no JSON, or not that of such a message; it names the field.
    """
    message = kind()
    _fill(message, object_of(body), "")
    return message


def message_to_json(message: Message) -> bytes:
    """Return a message as ProtoJSON with its default values: a probability of 0 is said."""
    tree = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return orjson.dumps(tree, option=orjson.OPT_APPEND_NEWLINE)


def set_field(message: Any, field: FieldDescriptor, value: object, path: str) -> None:
    """Set a field to what JSON says of it; null leaves it as it is.

    Raises:
        RequestError: the field cannot have that value.
    """
    if value is None:
        return
    if field.is_repeated:
        _extend(getattr(message, field.name), field, _list(value, path), path)
    elif field.message_type is not None:
        part = getattr(message, field.name)
        part.SetInParent()
        _fill(part, value, path)
    else:
        setattr(message, field.name, _scalar(field, value, path))


@cache
def fields_of(kind: Descriptor) -> dict[str, FieldDescriptor]:
    """Return the fields of a message by their names, in either spelling."""
    return {name: field for field in kind.fields for name in (field.json_name, field.name)}


def _fill(message: Any, tree: object, path: str) -> None:
    if not isinstance(tree, dict):
        raise _refusal(path, tree, "an object")
    fields = fields_of(message.DESCRIPTOR)
    for name, value in tree.items():
        field_path = f"{path}.{name}" if path else name
        field = fields.get(name)
        if field is None:
            known = ", ".join(field.name for field in message.DESCRIPTOR.fields)
            raise RequestError("FIELD_INVALID", _shortened(field_path), f"there is no such field; there are {known}")
        if field.name != name and field.name in tree:
            raise RequestError("FIELD_INVALID", field_path, f"it is {field.name}, which is there too; leave one out")
        set_field(message, field, value, field_path)


def _extend(repeated: Any, field: FieldDescriptor, values: list[Any], path: str) -> None:
    if field.type in (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE):
        _extend_by_floats(repeated, field, values, path)
        return
    if len(values) > MAX_CONTAINERS:
        raise RequestError("BODY_TOO_LARGE", path, f"it has more than {MAX_CONTAINERS:,} entries; send fewer")
    for index, value in enumerate(values):
        if field.message_type is not None:
            _fill(repeated.add(), value, f"{path}[{index}]")
        else:
            repeated.append(_scalar(field, value, f"{path}[{index}]"))


def _extend_by_floats(repeated: Any, field: FieldDescriptor, values: list[Any], path: str) -> None:
    """Take plain numbers all at once, which they nearly always are; else look at each."""
    if not _PLAIN_NUMBERS.issuperset(map(type, values)):
        values = [_scalar(field, value, f"{path}[{index}]") for index, value in enumerate(values)]
    repeated.extend(values)


def _list(value: object, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _refusal(path, value, "a list")
    return value


def _scalar(field: FieldDescriptor, value: object, path: str) -> Any:
    read, wanted = _READERS[field.type]
    try:
        return read(field, value)
    except (TypeError, ValueError):
        raise _refusal(path, value, wanted or f"one of {', '.join(_names(field))}") from None


def _refusal(path: str, value: object, wanted: str) -> RequestError:
    return RequestError("FIELD_INVALID", path, f"it is {kind_of(value)}; send {wanted}")


def _shortened(path: str) -> str:
    # A name that is none may be anything.
    return path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}…"


_LONGEST_PATH = 100


# What each reader takes is a field's descriptor and a value of JSON. What it cannot read is a TypeError or ValueError.


def _number(_: FieldDescriptor, value: object) -> float:
    """Numbers in quotes are numbers, and so are "NaN" and "Infinity"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    if isinstance(value, str) and not _NUMBER_IN_QUOTES.fullmatch(value):
        raise ValueError
    return float(value)


def _integer(field: FieldDescriptor, value: object) -> int:
    number = value if type(value) is int else _number(field, value)
    greatest = 1 << (63 if field.type == FieldDescriptor.TYPE_INT64 else 31)
    if not -greatest <= number < greatest or int(number) != number:
        raise ValueError
    return int(number)


def _text(_: FieldDescriptor, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _truth(_: FieldDescriptor, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _bytes(_: FieldDescriptor, value: object) -> bytes:
    """Base64, in either of its alphabets, with or without padding."""
    if not isinstance(value, str):
        raise TypeError
    standard = value.encode().translate(_TO_STANDARD).rstrip(b"=")
    try:
        return base64.b64decode(standard + b"=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        raise ValueError from None


def _enum(field: FieldDescriptor, value: object) -> int:
    if isinstance(value, str):
        found = _enum_type(field).values_by_name.get(value)
        if found is None:
            raise ValueError
        return int(found.number)
    return _integer(field, value)


def _names(field: FieldDescriptor) -> Iterable[str]:
    return [value.name for value in _enum_type(field).values]


def _enum_type(field: FieldDescriptor) -> Any:
    return field.enum_type


_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_READERS: dict[int, tuple[Callable[[FieldDescriptor, object], Any], str]] = {
    FieldDescriptor.TYPE_DOUBLE: (_number, "a number"),
    FieldDescriptor.TYPE_FLOAT: (_number, "a number"),
    FieldDescriptor.TYPE_INT32: (_integer, "a whole number"),
    FieldDescriptor.TYPE_INT64: (_integer, "a whole number"),
    FieldDescriptor.TYPE_STRING: (_text, "a text"),
    FieldDescriptor.TYPE_BYTES: (_bytes, "bytes in base64"),
    FieldDescriptor.TYPE_BOOL: (_truth, "true or false"),
    FieldDescriptor.TYPE_ENUM: (_enum, ""),
}
