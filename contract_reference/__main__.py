"""Reads a set of descriptors with their comments from a file; writes the contract's reference and the OpenAPI document.

python -m contract_reference DESCRIPTORS PAGE OPENAPI
"""

import json
import sys
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from contract_reference.openapi import document
from contract_reference.page import page


def main(descriptors: str, page_path: str, openapi_path: str) -> None:
    """Write both."""
    files = FileDescriptorSet.FromString(Path(descriptors).read_bytes()).file
    Path(page_path).parent.mkdir(parents=True, exist_ok=True)
    Path(page_path).write_text(page(files), encoding="utf-8")
    openapi = json.dumps(document(files), indent=1, ensure_ascii=False)
    Path(openapi_path).write_text(f"{openapi}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
