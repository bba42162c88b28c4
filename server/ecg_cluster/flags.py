"""The flags of `ecg-cluster`: its own, and those of `ecg-server` that mean the same to replicas and proxies."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecg_cluster.settings import ClusterSettings, RaySettings, ReplicaSettings
from ecg_server.flags import read_settings
from ecg_server.settings import ConnectionSettings, ServerSettings

PROGRAM = "ecg-cluster"

DESCRIPTION = (
    "Runs the service on Ray Serve (docs/cluster.md): replicas on the machines of a cluster, or all on this one."
)

EPILOG = """\
Flags of `ecg-server` that mean the same here are taken as well, each also as an environment variable: --model, --also,
--host, --port, --tls-certificate, --tokens, --largest-batch and the rest; `ecg-server --help` lists them. There are no
--workers here (those are --replicas), no --health-port, --channelz, --keepalive-seconds and the like: connections are
Serve's affair.

Once it is SERVING it prints one line, "listening on HOST:PORT", to standard error. SIGTERM or Ctrl-C makes it answer
what it has received and exit 0. With --address it deploys, says so, and ends.

Whoever reaches the ports of a Ray, and has its token where it asks for one (RAY_AUTH_MODE), runs code on all of its
machines. A Ray that is started here listens on the loopback address only.

Not a medical device.
"""

# What a server decides about its own connections, processes and addresses, and Serve's proxies do not.
WITHOUT_MEANING = {
    "workers": "how many replicas there are is said by --replicas",
    "health_port": "the proxies answer health checks on --port",
    "has_channelz": "Serve's proxies have no channelz",
    "has_reflection": "Serve's proxies always have reflection",
    "telemetry": "of telemetry only --otlp traces means something here: metrics of replicas are Serve's affair",
    "connections": "of connections only --default-deadline-seconds means something to Serve's proxies",
}


def read_cluster_settings(arguments: Sequence[str] | None, environment: Mapping[str, str]) -> ClusterSettings:
    """Return the settings that flags and environment make; None for the flags of this process.

    Raises:
        SystemExit: a flag or variable is wrong, which is said on standard error; or help was asked for.
    """
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    server = read_settings(rest, environment, PROGRAM)
    for name in _changed(server):
        parser.error(f"{name.removeprefix('has_').replace('_', ' ')}: {WITHOUT_MEANING[name]}")
    least, most = options.replicas
    return ClusterSettings(
        is_environment_asked_for=options.print_environment,
        server=server,
        replicas=ReplicaSettings(least=least, most=most, cpus=options.replica_cpus, target_calls=options.target_calls),
        ray=RaySettings(
            address=options.address,
            cpus=options.cpus,
            object_store_mib=options.object_store_mib,
            has_dashboard=options.dashboard,
            temporary_folder=options.temporary_folder,
        ),
    )


def arguments_of(args: Mapping[str, Any]) -> list[str]:
    """Return flags as a command line has them, from flags without dashes as a config file has them.

    Args:
        args: a value for each flag: a text, a number, or true or false; where it takes several, a list, or a mapping of
            labels.
    """
    return [part for name, value in args.items() for part in _flag(name, value)]


def _flag(name: str, value: Any) -> list[str]:
    match value:
        case True:
            return [f"--{name}"]
        case False:
            return [f"--no-{name}"]
    return [f"--{name}", *_texts(value)]


def _texts(value: Any) -> list[str]:
    match value:
        case Mapping():
            return [f"{label}={one}" for label, one in value.items()]
        case list():
            return [str(one) for one in value]
    return [str(value)]


def _changed(server: ServerSettings) -> list[str]:
    """Return the settings that mean nothing here and yet are others than by default."""
    default = ServerSettings()
    deadline = server.connections.default_deadline_seconds
    meant = {
        "connections": replace(ConnectionSettings(), default_deadline_seconds=deadline),
        "telemetry": replace(server.telemetry, metrics_port=None, sends_metrics=False),
    }
    return [name for name in WITHOUT_MEANING if getattr(server, name) != meant.get(name, getattr(default, name))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [FLAG ...]; {PROGRAM} --help and ecg-server --help list them",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    replicas, ray = ReplicaSettings(), RaySettings()
    add = parser.add_argument_group("replicas").add_argument
    meaning = "how many, or LEAST-MOST, between which calls and streams under way decide (default: 1)"
    add("--replicas", type=_range, default=(1, 1), metavar="NUMBER", help=meaning)
    meaning = f"cores for each, by which Ray places them (default: {replicas.cpus:g})"
    add("--replica-cpus", type=_not_negative, default=replicas.cpus, metavar="CPUS", help=meaning)
    meaning = f"calls and streams under way for each that autoscaling aims at (default: {replicas.target_calls:g})"
    add("--target-calls", type=_positive, default=replicas.target_calls, metavar="CALLS", help=meaning)
    add = parser.add_argument_group("the Ray that it runs on").add_argument
    meaning = "a cluster that runs already, such as auto or HOST:6379; unless given, one is started on this machine"
    add("--address", metavar="ADDRESS", help=meaning)
    meaning = "cores of a Ray that is started; unless given, all that there are"
    add("--cpus", type=int, metavar="CPUS", help=meaning)
    meaning = f"its shared memory for messages under way, in MiB, 75 at least (default: {ray.object_store_mib})"
    add("--object-store-mib", type=int, default=ray.object_store_mib, metavar="MIB", help=meaning)
    meaning = "its dashboard, on the loopback address (default: off)"
    add("--dashboard", action=argparse.BooleanOptionalAction, default=False, help=meaning)
    meaning = "where it keeps its sockets and logs, a short path; unless given, a new folder that is removed at the end"
    add("--temporary-folder", metavar="FOLDER", help=meaning)
    meaning = "print what a cluster's nodes need in their environment before `ray start`, and do nothing else"
    add("--print-environment", action="store_true", help=meaning)
    return parser


def _range(text: str) -> tuple[int, int]:
    least, separator, most = text.partition("-")
    numbers = (least, most if separator else least)
    if not all(number.isdecimal() for number in numbers) or not 0 < int(numbers[0]) <= int(numbers[1]):
        raise argparse.ArgumentTypeError(f"{text!r} must be a number above 0, such as 2, or two, such as 1-4")
    return int(numbers[0]), int(numbers[1])


def _positive(text: str) -> float:
    number = _not_negative(text)
    if number == 0:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number above 0")
    return number


def _not_negative(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} must be a number, 0 or above")
    return number
