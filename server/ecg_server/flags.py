"""The flags of `ecg-server`, each of which is an environment variable too, and the settings they make."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from ecg_model.bundle import shipped_bundle_names
from ecg_model.loading import Runtime
from ecg_server.cores import usable_cores
from ecg_server.served_models import STABLE
from ecg_server.settings import (
    MEBIBYTE,
    AccessSettings,
    BatchingSettings,
    ConnectionSettings,
    ExplanationSettings,
    HealthSettings,
    RecordSettings,
    ServerSettings,
    TelemetrySettings,
    TlsSettings,
)

LAST_PORT = 65535

# OpenTelemetry's own name for how often metrics are sent, in milliseconds, and what it is unless set.
OTLP_INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL"
A_MINUTE = "60000"

Number = TypeVar("Number", int, float)

EPILOG = """\
Every flag can be given as an environment variable too: --max-message-mib is ECG_MAX_MESSAGE_MIB (and --insecure is
ECG_INSECURE=true). A flag wins.

Once it is SERVING the server prints one line, "listening on HOST:PORT", to standard error; its log goes there too.
SIGTERM or Ctrl-C makes it answer what it has received and exit 0; SIGHUP makes it load its models anew. It exits 1 when
the model, the address, the certificates or the tokens cannot be used, 2 on a wrong flag.

Not a medical device.
"""


def read_settings(
    arguments: Sequence[str] | None, environment: Mapping[str, str], program: str = "ecg-server"
) -> ServerSettings:
    """Return the settings that flags and environment make; None for the flags of this process.

    Args:
        arguments: the flags.
        environment: the variables.
        program: whose flags they are, for messages.

    Raises:
        SystemExit: a flag or variable is wrong, which is said on standard error; or help was asked for.
    """
    parser = _Parser(environment, program)
    options = parser.parse_args(arguments)
    if (options.tls_certificate is None) != (options.tls_key is None):
        parser.error("--tls-certificate and --tls-key go together")
    if options.tls_client_authority is not None and options.tls_certificate is None:
        parser.error("--tls-client-authority needs --tls-certificate and --tls-key")
    if options.tls_client_name and options.tls_client_authority is None:
        parser.error("--tls-client-name needs --tls-client-authority")
    return ServerSettings(
        model=options.model,
        others=dict(options.also),
        operating_point=options.operating_point,
        runtime=options.runtime,
        host=options.host,
        port=options.port,
        health_port=options.health_port,
        workers=options.workers,
        max_message_bytes=options.max_message_mib * MEBIBYTE,
        stream_recordings=options.stream_recordings,
        drain_seconds=options.drain_seconds,
        has_reflection=options.reflection,
        has_channelz=options.channelz,
        batching=BatchingSettings(
            largest_batch=options.largest_batch,
            runs=max(1, usable_cores() // options.workers),
            queue_windows=options.queue_windows,
            queue_bytes=options.queue_mib * MEBIBYTE,
        ),
        explanations=ExplanationSettings(at_once=options.explanations, most_windows=options.explanation_windows),
        access=AccessSettings(
            tls=_tls(options),
            tokens=options.tokens,
            is_insecure=options.insecure,
            caller_recordings_per_second=options.caller_recordings_per_second,
            caller_calls=options.caller_calls,
        ),
        connections=ConnectionSettings(
            max_age_seconds=options.max_connection_age_seconds,
            grace_seconds=options.connection_grace_seconds,
            default_deadline_seconds=options.default_deadline_seconds,
            keepalive_seconds=options.keepalive_seconds,
            least_ping_interval_seconds=options.least_ping_interval_seconds,
            max_calls_per_connection=options.max_calls_per_connection,
        ),
        records=RecordSettings(log=options.log_file, audit=options.audit_log),
        health=HealthSettings(
            check_seconds=options.check_seconds,
            stuck_seconds=options.stuck_seconds,
            watch_seconds=options.watch_seconds,
        ),
        telemetry=_telemetry(parser, options, environment),
    )


def _telemetry(
    parser: argparse.ArgumentParser, options: argparse.Namespace, environment: Mapping[str, str]
) -> TelemetrySettings:
    if options.metrics_port and options.metrics_port + options.workers - 1 > LAST_PORT:
        parser.error(
            f"--metrics-port is {options.metrics_port}: with --workers {options.workers} each worker has the "
            f"next port, and the last would be above {LAST_PORT}; choose a lower one"
        )
    sends_metrics = "metrics" in options.otlp
    interval = environment.get(OTLP_INTERVAL, A_MINUTE) if sends_metrics else A_MINUTE
    if not interval.isdecimal() or int(interval) == 0:
        parser.error(f"{OTLP_INTERVAL} is {interval!r}; it must be a whole number of milliseconds above 0")
    return TelemetrySettings(
        metrics_port=options.metrics_port,
        sends_metrics=sends_metrics,
        sends_traces="traces" in options.otlp,
        every_seconds=int(interval) / 1000,
    )


def _tls(options: argparse.Namespace) -> TlsSettings | None:
    if options.tls_certificate is None:
        return None
    return TlsSettings(
        certificate=options.tls_certificate,
        private_key=options.tls_key,
        client_authority=options.tls_client_authority,
        client_names=frozenset(options.tls_client_name),
    )


class _Parser(argparse.ArgumentParser):
    """The flags, in groups; their defaults are those of the settings, unless the environment has others."""

    def __init__(self, environment: Mapping[str, str], program: str) -> None:
        super().__init__(
            prog=program,
            usage="ecg-server [FLAG ...]; ecg-server --help lists them",
            description="Classifies 12-lead ECG recordings over gRPC (ecg.v1.EcgService).",
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self._environment = environment
        defaults = ServerSettings()
        self._add_model(defaults)
        self._add_address(defaults)
        self._add_access(defaults.access)
        self._add_limits(defaults)
        self._add_connections(defaults.connections)
        self._add_records_and_health(defaults.health)
        self._add_telemetry()
        self.add_argument("--version", action="version", version=f"ecg-server {version('ecg-classifier')}")

    def _add_model(self, defaults: ServerSettings) -> None:
        group = self.add_argument_group("what is served")
        shipped = ", ".join(shipped_bundle_names())
        self._add(
            group,
            "--model",
            str,
            defaults.model,
            f"a shipped bundle ({shipped}), or the path of one or of a .keras file",
        )
        self._add_several(
            group,
            "--also",
            _labelled,
            "LABEL=MODEL",
            f"a further model, such as canary=path/to/bundle, for calls that ask for its label or version; --model has "
            f"the label {STABLE}",
        )
        meaning = (
            "the models' thresholds to run at, by name, as `ecg summary` lists them; unless given, of each its first"
        )
        self._add(group, "--operating-point", str, None, meaning)
        meaning = "what runs the network: tensorflow or onnx; unless given, onnx for a model that has an ONNX form"
        self._add(group, "--runtime", _runtime, None, meaning)
        meaning = "how often to look whether the models' files have changed, in seconds; 0: never, only on SIGHUP"
        self._add(group, "--watch-seconds", _not_negative(float), defaults.health.watch_seconds, meaning)

    def _add_address(self, defaults: ServerSettings) -> None:
        group = self.add_argument_group("where")
        self._add(group, "--host", str, defaults.host, "address to listen on")
        self._add(group, "--port", _port, defaults.port, "port to listen on; 0 picks a free one")
        meaning = "a port for health checks alone, in plain text, for probes without certificates; unless given, none"
        self._add(group, "--health-port", _port, None, meaning)
        self._add(group, "--workers", _positive(int), defaults.workers, "processes that share the port and the cores")

    def _add_access(self, defaults: AccessSettings) -> None:
        group = self.add_argument_group("who may call (docs/security.md)")
        self._add(group, "--tls-certificate", Path, None, "the server's certificate and its chain, PEM")
        self._add(group, "--tls-key", Path, None, "the certificate's private key, PEM")
        meaning = "callers need a certificate of one of these authorities, PEM"
        self._add(group, "--tls-client-authority", Path, None, meaning)
        meaning = "a name that a caller's certificate may have; unless given, any name"
        self._add_several(group, "--tls-client-name", str, "NAME", meaning)
        meaning = "callers need one of the tokens in this file; `python -m ecg_server.access NAME` makes one"
        self._add(group, "--tokens", Path, None, meaning)
        self._add_switch(
            group, "--insecure", "listen beyond this machine without TLS: anyone can read along", default=False
        )
        meaning = "recordings that one caller may send in a second, on average; 0: as many as it likes"
        per_second = defaults.caller_recordings_per_second
        self._add(group, "--caller-recordings-per-second", _not_negative(float), per_second, meaning)
        meaning = "calls and streams that one caller may have open at once; 0: as many as it likes"
        self._add(group, "--caller-calls", _not_negative(int), defaults.caller_calls, meaning)
        self._add_switch(group, "--reflection", "let tools such as grpcurl ask what the services are", default=True)
        self._add_switch(group, "--channelz", "let tools ask about connections and calls", default=False)

    def _add_limits(self, defaults: ServerSettings) -> None:
        group = self.add_argument_group("how much at once")
        batching = defaults.batching
        meaning = (
            "windows of recordings in one run of the network, at most: fewer for quicker single calls beside streams"
        )
        self._add(group, "--largest-batch", _positive(int), batching.largest_batch, meaning)
        meaning = "windows of recordings that may wait, from all callers together"
        self._add(group, "--queue-windows", _positive(int), batching.queue_windows, meaning)
        self._add(group, "--queue-mib", _positive(int), batching.queue_bytes // MEBIBYTE, "MiB of signal, likewise")
        meaning = "recordings of one stream that may be on their way; past that its caller has to wait"
        self._add(group, "--stream-recordings", _positive(int), defaults.stream_recordings, meaning)
        meaning = "explanations that are computed at once; further ones wait"
        self._add(group, "--explanations", _positive(int), defaults.explanations.at_once, meaning)
        meaning = "windows that the network may be run on for one explanation"
        self._add(group, "--explanation-windows", _positive(int), defaults.explanations.most_windows, meaning)
        meaning = "largest message accepted, in MiB"
        self._add(group, "--max-message-mib", _positive(int), defaults.max_message_bytes // MEBIBYTE, meaning)

    def _add_connections(self, defaults: ConnectionSettings) -> None:
        group = self.add_argument_group("how long")
        meaning = "how long a single call may take whose caller set no deadline, in seconds; 0: as long as it takes"
        self._add(group, "--default-deadline-seconds", _not_negative(float), defaults.default_deadline_seconds, meaning)
        meaning = "how long a connection may last, in seconds; then its client connects anew; 0: as long as it likes"
        self._add(group, "--max-connection-age-seconds", _not_negative(float), defaults.max_age_seconds, meaning)
        meaning = "how long calls may go on after that, in seconds"
        self._add(group, "--connection-grace-seconds", _positive(float), defaults.grace_seconds, meaning)
        meaning = "how long nothing may be heard of a client before it is asked whether it is still there, in seconds"
        self._add(group, "--keepalive-seconds", _positive(float), defaults.keepalive_seconds, meaning)
        meaning = "a client that pings more often than this, in seconds, and has no reason to, is told to go"
        self._add(
            group, "--least-ping-interval-seconds", _positive(float), defaults.least_ping_interval_seconds, meaning
        )
        meaning = "calls and streams on one connection at once; more wait in the client"
        self._add(group, "--max-calls-per-connection", _positive(int), defaults.max_calls_per_connection, meaning)
        meaning = "how long calls may go on after SIGTERM, in seconds"
        self._add(group, "--drain-seconds", _positive(float), ServerSettings().drain_seconds, meaning)

    def _add_records_and_health(self, defaults: HealthSettings) -> None:
        group = self.add_argument_group("what is written down, and health (docs/operations.md)")
        self._add(group, "--log-file", Path, None, "where the log goes; unless given, to standard error")
        meaning = "a file for one line a recording: digest of the input, decision, versions; unless given, none"
        self._add(group, "--audit-log", Path, None, meaning)
        meaning = "how often the server checks itself, in seconds"
        self._add(group, "--check-seconds", _positive(float), defaults.check_seconds, meaning)
        meaning = "how long one run of the network may take before it counts as stuck, in seconds"
        self._add(group, "--stuck-seconds", _positive(float), defaults.stuck_seconds, meaning)

    def _add_telemetry(self) -> None:
        group = self.add_argument_group("what it tells of itself (docs/observability.md)")
        meaning = (
            "a port where Prometheus finds metrics, in plain text, at /metrics; of several workers each has the next; "
            "0 picks a free one; unless given, none"
        )
        self._add(group, "--metrics-port", _port, None, meaning)
        meaning = "what to send over OTLP, metrics and traces, to where the variables OTEL_EXPORTER_OTLP_... say"
        self._add_several(group, "--otlp", _otlp, "WHAT", meaning)

    def _add(
        self,
        group: argparse._ArgumentGroup,
        flag: str,
        kind: Callable[[str], object],
        default: object,
        meaning: str,
    ) -> None:
        otherwise = "" if default is None else f"default: {default}; "
        # argparse runs a default that is a string through `type`, so a wrong variable is reported like a wrong flag.
        given = self._environment.get(_variable(flag), default)
        help_text = f"{meaning} ({otherwise}{_variable(flag)})"
        group.add_argument(flag, type=kind, default=given, metavar=_metavar(flag, kind), help=help_text)

    def _add_several(
        self, group: argparse._ArgumentGroup, flag: str, kind: Callable[[str], object], metavar: str, meaning: str
    ) -> None:
        try:
            listed = self._environment.get(_variable(flag), "").split(",")
            given = [kind(one.strip()) for one in listed if one.strip()]
        except argparse.ArgumentTypeError as error:
            self.error(f"{_variable(flag)}: {error}")
        help_text = f"{meaning}; one or more ({_variable(flag)}, with commas)"
        group.add_argument(flag, type=kind, nargs="+", default=given, metavar=metavar, help=help_text)

    def _add_switch(self, group: argparse._ArgumentGroup, flag: str, meaning: str, *, default: bool) -> None:
        given = self._environment.get(_variable(flag))
        if given is not None and given.lower() not in _SWITCH:
            self.error(f"{_variable(flag)} is {given!r}; it must be true or false")
        group.add_argument(
            flag,
            action=argparse.BooleanOptionalAction,
            default=default if given is None else _SWITCH[given.lower()],
            help=f"{meaning} (default: {'on' if default else 'off'}; {_variable(flag)})",
        )


_SWITCH = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}


def _variable(flag: str) -> str:
    return f"ECG_{flag.removeprefix('--').replace('-', '_').upper()}"


def _metavar(flag: str, kind: Callable[[str], object]) -> str:
    return "FILE" if kind is Path else flag.rpartition("-")[2].upper()


def _labelled(text: str) -> tuple[str, str]:
    label, separator, model = text.partition("=")
    if not (separator and label and model) or label == STABLE:
        raise argparse.ArgumentTypeError(f"{text!r} must be LABEL=MODEL, with a label other than {STABLE}")
    return label, model


def _runtime(text: str) -> Runtime:
    if text not in list(Runtime):
        raise argparse.ArgumentTypeError(f"{text!r} must be {' or '.join(Runtime)}")
    return Runtime(text)


def _otlp(text: str) -> str:
    if text not in {"metrics", "traces"}:
        raise argparse.ArgumentTypeError(f"{text!r} must be metrics or traces")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number from 0 to {LAST_PORT}")
    return int(text)


def _positive(kind: Callable[[str], Number]) -> Callable[[str], Number]:
    def number(text: str) -> Number:
        value = _number(kind, text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text!r} must be a {_KINDS[kind]} above 0")
        return value

    return number


def _not_negative(kind: Callable[[str], Number]) -> Callable[[str], Number]:
    def number(text: str) -> Number:
        value = _number(kind, text)
        if value < 0:
            raise argparse.ArgumentTypeError(f"{text!r} must be a {_KINDS[kind]}, 0 or above")
        return value

    return number


def _number(kind: Callable[[str], Number], text: str) -> Number:
    """Return a number; of a text that is none, or is no finite one, -1."""
    try:
        value = kind(text)
    except ValueError:
        return kind("-1")
    return value if abs(value) < float("inf") else kind("-1")


_KINDS: dict[object, str] = {int: "whole number", float: "number"}
