"""The messages of the contract as JSON Schemas: what ProtoJSON makes of them, with their comments."""

from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from contract_reference.comments import Comments
from ecg_gateway.protojson import NUMBER_IN_QUOTES

Schema = dict[str, Any]

_MESSAGES, _ENUMS = 4, 5
_FIELDS = 2
_INT32 = {"type": "integer", "minimum": -(1 << 31), "maximum": (1 << 31) - 1}
_NUMBER: Schema = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^(?:{NUMBER_IN_QUOTES})$"}]}
_SCALARS: dict[int, Schema] = {
    FieldDescriptorProto.TYPE_DOUBLE: _NUMBER,
    FieldDescriptorProto.TYPE_FLOAT: _NUMBER,
    FieldDescriptorProto.TYPE_INT32: _INT32,
    FieldDescriptorProto.TYPE_INT64: {"type": "string", "pattern": "^-?[0-9]+$"},
    FieldDescriptorProto.TYPE_STRING: {"type": "string"},
    FieldDescriptorProto.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    FieldDescriptorProto.TYPE_BOOL: {"type": "boolean"},
}


class JsonSchemas:
    """The schemas of all messages and enums of some files.

    What is sent may have null for any field, but no field that the contract does not know; what is answered has every
    field that cannot be absent.

    Args:
        files: The files, with their source info.
        sent: Names of the messages that requests are.
    """

    def __init__(self, files: Iterable[FileDescriptorProto], sent: Iterable[str]) -> None:
        self._files = list(files)
        self._messages = {message.name: message for file in self._files for message in file.message_type}
        self._sent = {name for request in sent for name in self._reachable(request)}

    def of(self, *names: str) -> dict[str, Schema]:
        """Return the schemas of these messages and of all that they are made of, by name."""
        wanted = {name for one in names for name in self._reachable(one)}
        return {name: schema for name, schema in self._all() if name in wanted}

    def _reachable(self, name: str) -> Iterator[str]:
        yield name
        for field in self._messages[name].field if name in self._messages else ():
            if field.type_name:
                yield from self._reachable(_short(field.type_name))

    def _all(self) -> Iterator[tuple[str, Schema]]:
        for file in self._files:
            comments = Comments(file)
            for index, message in enumerate(file.message_type):
                yield message.name, self._message(message, comments, (_MESSAGES, index))
            for index, enum in enumerate(file.enum_type):
                yield enum.name, _enum(enum, comments, (_ENUMS, index))

    def _message(self, message: DescriptorProto, comments: Comments, path: tuple[int, ...]) -> Schema:
        is_sent = message.name in self._sent
        properties = {
            field.name: _described(_field(field, is_sent=is_sent), comments, (*path, _FIELDS, index))
            for index, field in enumerate(message.field)
        }
        schema = _described({"type": "object", "properties": properties}, comments, path)
        if is_sent:
            return {**schema, "additionalProperties": False}
        return {**schema, "required": [field.name for field in message.field if not _may_be_absent(field)]}


def _field(field: FieldDescriptorProto, *, is_sent: bool) -> Schema:
    schema = {"$ref": f"#/components/schemas/{_short(field.type_name)}"} if field.type_name else _SCALARS[field.type]
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        schema = {"type": "array", "items": schema}
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]} if is_sent else schema


def _may_be_absent(field: FieldDescriptorProto) -> bool:
    is_message = field.type == FieldDescriptorProto.TYPE_MESSAGE
    return field.HasField("oneof_index") or (is_message and field.label != FieldDescriptorProto.LABEL_REPEATED)


def _enum(enum: EnumDescriptorProto, comments: Comments, path: tuple[int, ...]) -> Schema:
    names = {"type": "string", "enum": [value.name for value in enum.value]}
    lines = [f"* {value.name}: {comments.line(*path, 2, index)}" for index, value in enumerate(enum.value)]
    described = "\n\n".join([comments.markdown(*path), "\n".join(lines)])
    return {"description": described, "anyOf": [names, {**_INT32, "description": "The value's number."}]}


def _described(schema: Schema, comments: Comments, path: tuple[int, ...]) -> Schema:
    return {"description": comments.markdown(*path), **schema}


def _short(full_name: str) -> str:
    return full_name.rpartition(".")[2]
