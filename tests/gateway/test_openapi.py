"""The OpenAPI document is what the contract and the gateway's tables make of it, and the gateway keeps to it."""

import json
import subprocess
import sys
from pathlib import Path

import requests
from contract_reference.openapi import document
from google.protobuf.descriptor_pb2 import FileDescriptorSet

import ecg_gateway
from ecg.v1 import ecg_service_pb2
from ecg_gateway.contract import METHODS
from ecg_testing.documented import ROOT

FILE = Path(ecg_gateway.__file__).with_name("openapi.json")
# A schema cannot say that a recording must be one: that leads have one length, say, or are not flat.
EXCLUDED_CHECKS = "positive_data_acceptance"


def descriptors(folder: Path) -> FileDescriptorSet:
    """Return the contract with its comments."""
    output = folder / "descriptors"
    protos = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "protos").rglob("*.proto"))]
    options = ["--proto_path=protos", "--include_source_info", f"--descriptor_set_out={output}"]
    subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "grpc_tools.protoc", *options, *protos], cwd=ROOT, check=True, timeout=60
    )
    return FileDescriptorSet.FromString(output.read_bytes())


def test_the_document_is_up_to_date(tmp_path: Path) -> None:
    """`make generate` has been called since the contract or a table changed."""
    assert json.loads(FILE.read_text(encoding="utf-8")) == document(descriptors(tmp_path).file)


def test_the_document_is_served(url: str) -> None:
    """As it lies there."""
    response = requests.get(f"{url}/openapi.json", timeout=60)

    assert response.content == FILE.read_bytes()
    assert response.headers["content-type"] == "application/json"


def test_every_message_that_is_sent_or_answered_has_its_schema() -> None:
    """With every field, each with what the contract says of it."""
    schemas = json.loads(FILE.read_text(encoding="utf-8"))["components"]["schemas"]
    methods = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"].methods_by_name
    wanted = [methods[method.rpc].output_type for method in METHODS]
    wanted += [methods[method.rpc].input_type for method in METHODS if method.verb == "POST"]
    while wanted:
        message = wanted.pop()
        properties = schemas[message.name]["properties"]
        assert list(properties) == [field.name for field in message.fields]
        assert all(field["description"] for field in properties.values())
        wanted += [field.message_type for field in message.fields if field.message_type is not None]


def test_the_gateway_keeps_to_the_document(default_url: str, tmp_path: Path) -> None:
    """Schemathesis finds nothing: what it sends, fit or unfit, is answered as the document says."""
    command = ["schemathesis", "run", f"{default_url}/openapi.json", "--max-examples", "2", "--no-color"]
    ran = subprocess.run(  # noqa: S603 - another's
        [Path(sys.executable).with_name(command[0]), *command[1:], "--exclude-checks", EXCLUDED_CHECKS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert ran.returncode == 0, "\n".join(line[:1000] for line in ran.stdout.splitlines())
