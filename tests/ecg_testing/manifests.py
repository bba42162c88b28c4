"""What the manifests in deploy/kubernetes are once kustomize has put them together."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ecg_testing.documented import ROOT
from ecg_testing.tools import tool

KUBERNETES = ROOT / "deploy" / "kubernetes"

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")

Manifest = dict[str, Any]


@cache
def rendered(name: str) -> list[Manifest]:
    """Return the objects that a folder makes."""
    command = ["kustomize", "build"] if shutil.which("kustomize") else [tool("kubectl"), "kustomize"]
    done = subprocess.run([*command, str(KUBERNETES / name)], capture_output=True, text=True, check=False)  # noqa: S603 - as people do
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def of_kind(name: str, kind: str) -> list[Manifest]:
    """Return those of a kind that a folder makes."""
    return [one for one in rendered(name) if one["kind"] == kind]


def container_of(deployment: Manifest) -> Manifest:
    """Return the one container of a Deployment's pods."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return container


def variables_of(name: str, deployment: Manifest) -> dict[str, str]:
    """Return the environment variables of its container: its own go before those of its ConfigMap."""
    container = container_of(deployment)
    maps = {one["metadata"]["name"]: one["data"] for one in of_kind(name, "ConfigMap")}
    shared = [maps[source["configMapRef"]["name"]] for source in container["envFrom"]]
    own = {one["name"]: one["value"] for one in container.get("env", ())}
    return {key: value for map_ in shared for key, value in map_.items()} | own


def mount_folder(deployment: Manifest, path: str) -> Path:
    """Return the folder that a file of a container is mounted with."""
    folders = [Path(mount["mountPath"]) for mount in container_of(deployment)["volumeMounts"]]
    return next(folder for folder in folders if Path(path).is_relative_to(folder))
