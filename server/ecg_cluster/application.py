"""The application as Serve deploys it: by `ecg-cluster`, or from a config file (deploy/kuberay).

A config file names `ecg_cluster.application:build`, and has its arguments under `args`: the flags of `ecg-cluster`
without the dashes. The environment does not count there.
"""

import hashlib
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from ray import serve
from ray.serve import Application
from ray.serve.config import AutoscalingConfig

from ecg_cluster.flags import arguments_of, read_cluster_settings
from ecg_cluster.replica import EcgReplica
from ecg_cluster.settings import ClusterSettings
from ecg_server.served_models import STABLE
from ecg_server.settings import ServerSettings

DEPLOYMENT = "EcgService"
# Beyond the time that calls have to end, what else may take when a replica is told to go.
GRACE_SECONDS = 2.0


def build(args: dict[str, Any]) -> Application:
    """Return the application.

    Args:
        args: flags without dashes, such as {"model": "reference", "also": {"canary": "path"}, "max-replicas": 4}.
    """
    return application(read_cluster_settings(arguments_of(args), {}))


def application(settings: ClusterSettings) -> Application:
    """Return the application that settings make.

    The models are told to replicas apart from all else (`user_config`), so that to deploy others ends no replica.
    """
    server, replicas = settings.server, settings.replicas
    count: dict[str, Any] = (
        {"num_replicas": replicas.least}
        if replicas.least == replicas.most
        else {
            "autoscaling_config": AutoscalingConfig(
                min_replicas=replicas.least,
                max_replicas=replicas.most,
                initial_replicas=max(replicas.least, 1),
                target_ongoing_requests=replicas.target_calls,
            )
        }
    )
    deployment = serve.deployment(
        EcgReplica,
        name=DEPLOYMENT,
        ray_actor_options={"num_cpus": replicas.cpus},
        user_config={STABLE: server.model, **server.others},
        max_ongoing_requests=replicas.most_calls,
        graceful_shutdown_timeout_s=server.drain_seconds + GRACE_SECONDS,
        # Calls are logged by the server's own interceptor.
        logging_config={"enable_access_log": False},
        **count,
    )
    batching = replace(server.batching, runs=max(1, round(replicas.cpus)))
    each = replace(server, model="", others={}, batching=batching)
    # Replicas of another version are replaced, and unless it is told, Serve takes every deployment for another.
    deployment._version = _version(each)  # noqa: SLF001 - there is no other way to say it
    return deployment.bind(each)


def _version(settings: ServerSettings) -> str:
    """Return what changes with the settings of a replica and with the software."""
    return hashlib.sha256(f"{version('ecg-classifier')} {settings!r}".encode()).hexdigest()
