"""The manifests are what Kubernetes takes, fit each other, and fit the server."""

import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from ecg_server.flags import read_settings
from ecg_server.process import GRACE_SECONDS
from ecg_server.server import HEALTH_NAMES, SERVICE_NAME
from ecg_server.settings import ServerSettings
from ecg_testing.container_file import stages_of
from ecg_testing.documented import ROOT
from ecg_testing.manifests import (
    KUBERNETES,
    PROBES,
    Manifest,
    container_of,
    of_kind,
    rendered,
    variables_of,
)
from ecg_testing.server_variables import unknown_variables

# Since when pods may sleep before they stop without a shell, and the latest one that is known here.
VERSIONS = ("1.30", kubernetes_validate.latest_version())
SERVICES = ("base", "example")
# Of an operator, which brings its own schemas.
FOREIGN_KINDS = {"PodMonitor"}

each_service = pytest.mark.parametrize("name", SERVICES)


def deployments(name: str) -> Iterator[tuple[Manifest, ServerSettings]]:
    """Return the Deployments of a folder, with the settings of their servers."""
    for deployment in of_kind(name, "Deployment"):
        yield deployment, read_settings([], variables_of(name, deployment))


def pod_of(deployment: Manifest) -> Manifest:
    """Return what its pods are."""
    template: Manifest = deployment["spec"]["template"]
    return template


def does_select(labels: dict[str, str], deployment: Manifest) -> bool:
    """Say whether these labels are among those of its pods."""
    return labels.items() <= pod_of(deployment)["metadata"]["labels"].items()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["base", "canary", "example"])
def test_kubernetes_takes_them(name: str, version: str) -> None:
    """They are valid by its schemas, which know every field there is."""
    for manifest in rendered(name):
        if manifest["kind"] not in FOREIGN_KINDS:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_the_schemas_find_what_is_wrong() -> None:
    """A misspelt field, for one."""
    manifest = {**of_kind("base", "Service")[0], "specs": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, VERSIONS[0], strict=True)


def test_the_example_has_every_component() -> None:
    """So that every one of them is put together, and looked at, here."""
    listed = yaml.safe_load((KUBERNETES / "example" / "kustomization.yaml").read_text("utf-8"))["components"]
    assert {Path(one).name for one in listed} == {one.name for one in (KUBERNETES / "components").iterdir()}


@each_service
def test_the_server_knows_every_setting(name: str) -> None:
    """What it does not know it would take no notice of."""
    for deployment in of_kind(name, "Deployment"):
        assert not unknown_variables(variables_of(name, deployment))


@each_service
def test_what_listens_is_what_is_asked(name: str) -> None:
    """The ports of the server, of its container, its probes, the Service and what collects metrics are the same."""
    for deployment, settings in deployments(name):
        container = container_of(deployment)
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        metrics = pod_of(deployment)["metadata"]["annotations"]["prometheus.io/port"]
        assert ports == {"grpc": settings.port, "health": settings.health_port, "metrics": int(metrics)}
        assert variables_of(name, deployment)["ECG_METRICS_PORT"] == metrics
        assert {container[probe]["grpc"]["port"] for probe in PROBES} == {settings.health_port}
        (service,) = of_kind(name, "Service")
        assert [(port["port"], port["targetPort"]) for port in service["spec"]["ports"]] == [(settings.port, "grpc")]
        (policy,) = of_kind(name, "NetworkPolicy")
        allowed = {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}
        assert allowed == {"grpc", "metrics"} <= ports.keys()
        for monitor in of_kind(name, "PodMonitor"):
            assert {endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]} <= ports.keys()


@each_service
def test_probes_ask_by_the_names_that_the_server_answers(name: str) -> None:
    """Whether to start it anew by the process, whether to give it calls by the service."""
    for deployment, _ in deployments(name):
        container = container_of(deployment)
        asked = {probe: container[probe]["grpc"].get("service", "") for probe in PROBES}
        assert asked == {"startupProbe": "", "livenessProbe": "", "readinessProbe": SERVICE_NAME}
        assert set(asked.values()) <= set(HEALTH_NAMES)


@each_service
def test_a_pod_has_the_time_that_its_drain_takes(name: str) -> None:
    """It is killed after that."""
    for deployment, settings in deployments(name):
        spec = pod_of(deployment)["spec"]
        sleep = container_of(deployment)["lifecycle"]["preStop"]["sleep"]["seconds"]
        # Some more for the end itself.
        assert spec["terminationGracePeriodSeconds"] >= sleep + settings.drain_seconds + 2 * GRACE_SECONDS


@each_service
def test_selectors_find_the_pods_they_are_for(name: str) -> None:
    """All of them, and each Deployment its own alone."""
    found = of_kind(name, "Deployment")
    for deployment in found:
        own = deployment["spec"]["selector"]["matchLabels"]
        assert [does_select(own, other) for other in found] == [other is deployment for other in found]
    (service,) = of_kind(name, "Service")
    assert service["spec"]["clusterIP"] == "None"
    shared = [service["spec"]["selector"]]
    shared += [of_kind(name, "NetworkPolicy")[0]["spec"]["podSelector"]["matchLabels"]]
    for kind in ("PodDisruptionBudget", "PodMonitor"):
        shared += [one["spec"]["selector"]["matchLabels"] for one in of_kind(name, kind)]
    assert all(does_select(labels, deployment) for labels, deployment in product(shared, found))


@each_service
def test_the_autoscaler_scales_what_is_there(name: str) -> None:
    """And nothing else says how many pods there are."""
    (autoscaler,) = of_kind(name, "HorizontalPodAutoscaler")
    target = autoscaler["spec"]["scaleTargetRef"]
    (scaled,) = (one for one in of_kind(name, "Deployment") if one["metadata"]["name"] == target["name"])
    assert (scaled["apiVersion"], scaled["kind"]) == (target["apiVersion"], target["kind"])
    assert "replicas" not in scaled["spec"]


def test_what_it_may_scale_by_is_measured() -> None:
    """A name that nobody tells of would leave the number of pods as it is."""
    (autoscaler,) = of_kind("example", "HorizontalPodAutoscaler")
    names = [one["pods"]["metric"]["name"] for one in autoscaler["spec"]["metrics"]]
    page = (ROOT / "docs" / "observability.md").read_text("utf-8")
    assert names
    assert all(f"| `{name}` | gauge |" in page for name in names)


@each_service
def test_pods_keep_to_the_restricted_profile(name: str) -> None:
    """Of Kubernetes's Pod Security Standards; and their root is read-only, and they have no key to the cluster."""
    for deployment, _ in deployments(name):
        pod, container = pod_of(deployment)["spec"], container_of(deployment)
        context: Any = container["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert not context["allowPrivilegeEscalation"]
        assert context["readOnlyRootFilesystem"]
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        kinds = {kind for volume in pod.get("volumes", ()) for kind in volume if kind != "name"}
        assert kinds <= {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "secret"}
        assert not pod["automountServiceAccountToken"]


@each_service
def test_no_variables_of_services_reach_the_server(name: str) -> None:
    """Of a Service `ecg` Kubernetes would make ECG_PORT=tcp://…, which is a flag that is wrong."""
    assert all(not pod_of(deployment)["spec"]["enableServiceLinks"] for deployment, _ in deployments(name))


@each_service
def test_pods_run_the_image_as_its_own_user(name: str) -> None:
    """In the version that this is."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    image = stages_of(ROOT / "deploy" / "container" / "onnx.Dockerfile")[-1]
    for deployment, _ in deployments(name):
        context = pod_of(deployment)["spec"]["securityContext"]
        assert f"{context['runAsUser']}:{context['runAsGroup']}" == image.last("USER").argument
        assert container_of(deployment)["image"].rpartition("/")[2] == f"ecg-classifier:{version}"


@each_service
def test_a_server_takes_plain_text_only_where_it_is_meant_to(name: str) -> None:
    """The base alone."""
    for _, settings in deployments(name):
        assert settings.access.is_insecure == (name == "base")
        assert (settings.access.tls is None) == (name == "base")
