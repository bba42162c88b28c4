"""The reference of the contract as one page of Markdown."""

import re
from collections.abc import Iterable, Iterator

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

from contract_reference.comments import SYNTAX_PATH, Comments

# What the parts of a file are numbered by in the paths of its comments: the fields of `FileDescriptorProto` and so on.
_MESSAGES, _ENUMS, _SERVICES = 4, 5, 6
_FIELDS = _VALUES = _METHODS = 2
_ONEOFS = 8

_NAME_IN_CODE = re.compile(r"`([A-Z]\w+)(\.\w+)?[.\w]*`")


def page(files: Iterable[FileDescriptorProto]) -> str:
    """Return the page about these files; the one with a service comes first."""
    ordered = sorted(files, key=lambda file: not file.service)
    types = {message.name for file in ordered for message in file.message_type}
    types |= {enum.name for file in ordered for enum in file.enum_type}
    blocks = [block for file in ordered for block in _file(file)]
    text = "\n\n".join(_linked(block, types) for block in blocks)
    return f"# The contract\n\n{_INTRODUCTION}\n\n{text}\n"


_INTRODUCTION = """Package `ecg.v1`, as the comments of the `.proto` files have it: `make generate` makes this page of
`protos/ecg/v1`. A field without a label holds one value, and absent means 0, false or empty; `optional` tells absent
from 0. What each reason of an error means is in [errors](../errors.md)."""


def _file(file: FileDescriptorProto) -> Iterator[str]:
    comments = Comments(file)
    if head := comments.markdown(*SYNTAX_PATH):
        yield head
    for index, service in enumerate(file.service):
        yield from _service(service, comments, (_SERVICES, index))
    yield f"## {file.name.rpartition('/')[2]}"
    for index, message in enumerate(file.message_type):
        yield from _message(message, comments, (_MESSAGES, index))
    for index, enum in enumerate(file.enum_type):
        yield from _enum(enum, comments, (_ENUMS, index))


def _service(service: ServiceDescriptorProto, comments: Comments, path: tuple[int, ...]) -> Iterator[str]:
    yield f"## {service.name}\n\n{comments.markdown(*path)}"
    for index, method in enumerate(service.method):
        request = f"{'stream ' if method.client_streaming else ''}{_linked_type(method.input_type)}"
        response = f"{'stream ' if method.server_streaming else ''}{_linked_type(method.output_type)}"
        signature = f"**{method.name}** ( {request} ) returns ( {response} )"
        yield f"### {method.name}\n\n{signature}\n\n{comments.markdown(*path, _METHODS, index)}"


def _message(message: DescriptorProto, comments: Comments, path: tuple[int, ...]) -> Iterator[str]:
    yield f"### {message.name}\n\n{comments.markdown(*path)}"
    rows = [_field_row(message, field, comments, (*path, _FIELDS, i)) for i, field in enumerate(message.field)]
    yield "\n".join(["| | Field | Type | |", "|--:|---|---|---|", *rows]) if rows else "It has no fields."
    for index, oneof in enumerate(message.oneof_decl):
        if comment := comments.line(*path, _ONEOFS, index):
            yield f"*One of `{oneof.name}`:* {comment}"


def _field_row(message: DescriptorProto, field: FieldDescriptorProto, comments: Comments, path: tuple[int, ...]) -> str:
    anchor = f'<a id="{message.name}.{field.name}"></a>'
    kind = " ".join(filter(None, (_label(message, field), _type(field))))
    return f"| {field.number} | {anchor}`{field.name}` | {kind} | {comments.line(*path)} |"


def _label(message: DescriptorProto, field: FieldDescriptorProto) -> str:
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return "repeated"
    if field.proto3_optional:
        return "optional"
    return f"one of {message.oneof_decl[field.oneof_index].name}:" if field.HasField("oneof_index") else ""


def _type(field: FieldDescriptorProto) -> str:
    if field.type_name:
        return _linked_type(field.type_name)
    return FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()


def _enum(enum: EnumDescriptorProto, comments: Comments, path: tuple[int, ...]) -> Iterator[str]:
    yield f"### {enum.name}\n\n{comments.markdown(*path)}"
    rows = [
        f'| {value.number} | <a id="{value.name}"></a>`{value.name}` | {comments.line(*path, _VALUES, index)} |'
        for index, value in enumerate(enum.value)
    ]
    yield "\n".join(["| | Value | |", "|--:|---|---|", *rows])


def _linked_type(full_name: str) -> str:
    name = full_name.rpartition(".")[2]
    return f"[{name}](#{name.lower()})"


def _linked(block: str, types: Iterable[str]) -> str:
    """Let what a comment names in code lead to where it is described: `Recording`, `Limits.max_message_bytes`."""

    def link(match: re.Match[str]) -> str:
        if match[1] not in types:
            return match[0]
        return f"[{match[0]}](#{match[1]}{match[2]})" if match[2] else f"[{match[0]}](#{match[1].lower()})"

    return _NAME_IN_CODE.sub(link, block)
