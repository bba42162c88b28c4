"""Reads a set of descriptors with their comments from a file, and writes the reference of the contract.

python -m contract_reference DESCRIPTORS OUTPUT
"""

import sys
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from contract_reference.page import page


def main(descriptors: str, output: str) -> None:
    """Write the page."""
    files = FileDescriptorSet.FromString(Path(descriptors).read_bytes()).file
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    Path(output).write_text(page(files), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
