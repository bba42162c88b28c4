"""The manifest for KubeRay: what Ray Serve, this project and the operator make of it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecg_cluster.proxy_environment import proxy_environment
from ecg_server.settings import AccessSettings, ServerSettings
from ecg_testing.tools import module, tool

ROOT = Path(__file__).parents[2]
OPERATOR = "github.com/ray-project/kuberay/ray-operator@v1.6.0"
DEFINITION = "config/crd/bases/ray.io_rayservices.yaml"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """The manifest."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "deploy/kuberay/rayservice.yaml").read_text(encoding="utf-8"))
    return loaded


def test_serve_takes_the_config_and_the_application_can_be_built(manifest: dict[str, Any]) -> None:
    """By the schema with which Serve itself reads it; the arguments are flags that there are."""
    module("ray")
    from ray.serve.schema import ServeDeploySchema  # noqa: PLC0415 - it takes seconds

    from ecg_cluster.application import build  # noqa: PLC0415 - likewise

    config = ServeDeploySchema.model_validate(yaml.safe_load(manifest["spec"]["serveConfigV2"]))
    (application,) = config.applications
    deployment = build(application.args)._bound_deployment  # noqa: SLF001 - an application tells nothing of itself
    (configured,) = application.deployments

    assert configured.name == deployment.name
    assert configured.user_config == deployment.user_config == {"stable": "ensemble"}
    scaling = deployment._deployment_config.autoscaling_config  # noqa: SLF001 - likewise
    assert (scaling.min_replicas, scaling.max_replicas, scaling.target_ongoing_requests) == (2, 8, 16.0)
    assert application.import_path == "ecg_cluster.application:build"
    assert config.grpc_options.grpc_servicer_functions == ["ecg_cluster.proxy.add_services"]


def test_the_pods_have_the_environment_that_the_proxies_need(manifest: dict[str, Any]) -> None:
    """As `ecg-cluster` sets it where it starts Ray itself."""
    cluster = manifest["spec"]["rayClusterConfig"]
    wanted = proxy_environment(ServerSettings(host="0.0.0.0", access=AccessSettings(is_insecure=True)))  # noqa: S104
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        (container,) = group["template"]["spec"]["containers"]
        told = {one["name"]: one["value"] for one in container["env"]}
        assert wanted.items() <= told.items()
        assert told["RAY_USAGE_STATS_ENABLED"] == "0"


def test_the_operators_definition_has_every_field(manifest: dict[str, Any]) -> None:
    """By the CustomResourceDefinition of the operator's release; Kubernetes would drop a field that is not in it."""
    module("jsonschema")
    import jsonschema  # noqa: PLC0415 - it takes seconds

    versions = yaml.safe_load(_definition())["spec"]["versions"]
    (schema,) = (one["schema"]["openAPIV3Schema"] for one in versions if one["name"] == "v1")
    jsonschema.validate(manifest, schema)
    assert list(_unknown(manifest, schema)) == []


def _definition() -> str:
    """Return the definition, as the operator's Go module has it."""
    command = [tool("go"), "mod", "download", "-json", OPERATOR]
    downloaded = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    if downloaded.returncode != 0:
        pytest.skip(f"the operator's module cannot be fetched: {downloaded.stderr.strip()[-200:]}")
    return (Path(json.loads(downloaded.stdout)["Dir"]) / DEFINITION).read_text(encoding="utf-8")


def _unknown(value: Any, schema: dict[str, Any], path: str = "") -> Any:
    """Yield the paths of fields that a schema does not have."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _unknown(one, schema.get("items", {}), f"{path}[{index}]")
    if not isinstance(value, dict) or "properties" not in schema:
        return
    for name, one in value.items():
        # What every object has, the definition leaves to Kubernetes.
        if name == "metadata":
            continue
        if name in schema["properties"]:
            yield from _unknown(one, schema["properties"][name], f"{path}.{name}")
        elif not schema.get("x-kubernetes-preserve-unknown-fields"):
            yield f"{path}.{name}"
