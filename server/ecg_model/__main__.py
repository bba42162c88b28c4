"""Derives the ONNX form of a bundle's network and puts it into the bundle: `python -m ecg_model BUNDLE_FOLDER`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ecg_model.errors import BundleError
from ecg_model.onnx_export import export_bundle


def main(arguments: Sequence[str] | None = None) -> int:
    """Export the bundle that was named; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ecg_model", description=__doc__)
    parser.add_argument("bundle", type=Path, help="the bundle's folder")
    options = parser.parse_args(arguments)
    try:
        export_bundle(options.bundle)
    except BundleError as error:
        print(f"ecg_model: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
