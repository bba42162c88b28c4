"""The bill of materials of an image, with --all-packages: all that is in it is fetched for that."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ecg_testing.documented import ROOT


@pytest.mark.parametrize("runtime", ["onnx", "tensorflow"])
def test_it_has_what_the_lock_has(runtime: str, tmp_path: Path) -> None:
    """Each with its version, and nearly all with a licence."""
    file = tmp_path / f"{runtime}.cdx.json"
    subprocess.run([ROOT / "scripts" / "sbom", Path(sys.executable).parent, runtime, file], check=True, cwd=ROOT)  # noqa: S603
    bill = json.loads(file.read_text("utf-8"))
    lock = (ROOT / "deploy" / "container" / f"{runtime}.lock").read_text("utf-8")
    locked = {line.split()[0].lower() for line in lock.splitlines() if "==" in line}
    listed = {f"{one['name']}=={one['version']}".lower().replace("_", "-") for one in bill["components"]}
    assert {one.replace("_", "-") for one in locked} == listed
    assert bill["metadata"]["component"]["name"] == "ecg-classifier"
    without = [one["name"] for one in bill["components"] if not one.get("licenses")]
    assert len(without) < len(listed) / 10, without
