"""The reference of the contract says of everything what the .proto files say of it."""

from pathlib import Path

from contract_reference.page import page
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from ecg.v1 import ecg_service_pb2, model_pb2, prediction_pb2, recording_pb2

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "contract.md"
FILES = [module.DESCRIPTOR for module in (ecg_service_pb2, model_pb2, prediction_pb2, recording_pb2)]


def test_everything_is_in_the_reference() -> None:
    """Each call, message, field, enum and value has its place, and each but the calls one that can be linked to."""
    text = REFERENCE.read_text(encoding="utf-8")
    messages = [message for file in FILES for message in file.message_types_by_name.values()]
    enums = [enum for file in FILES for enum in file.enum_types_by_name.values()]
    methods = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"].methods

    for described in (*messages, *enums, *methods):
        assert f"\n### {described.name}\n\n" in text
    for field in (field for message in messages for field in message.fields):
        assert f'| {field.number} | <a id="{field.containing_type.name}.{field.name}"></a>`{field.name}` |' in text
    for value in (value for enum in enums for value in enum.values):
        assert f'| {value.number} | <a id="{value.name}"></a>`{value.name}` |' in text


def test_nothing_is_without_a_comment() -> None:
    """No row of a table has an empty last cell."""
    assert "|  |" not in REFERENCE.read_text(encoding="utf-8").replace("| | Field", "").replace("| | Value", "")


def test_labels_comments_and_links_are_written_out() -> None:
    """A comment of several lines becomes a cell; what it names in code leads to where that is described."""
    file = FileDescriptorProto(name="a/v1/a.proto")
    file.message_type.add(name="Beat").field.add(name="waves", number=3, label=3, type=11, type_name=".a.v1.Wave")
    file.message_type.add(name="Wave")
    file.source_code_info.location.add(
        path=[4, 0, 2, 0], leading_comments=" At least\n one `Wave`, of\n `Beat.waves`.\n"
    )

    row = '| 3 | <a id="Beat.waves"></a>`waves` | repeated [Wave](#wave) | At least one [`Wave`](#wave), of '
    assert f"{row}[`Beat.waves`](#Beat.waves). |" in page([file])
