"""The flags of `ecg-gateway`, each of which is an environment variable too, and the settings they make."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from ecg_client.connection import Connection
from ecg_client.tls import Tls
from ecg_gateway.settings import MEBIBYTE, BodySettings, GatewaySettings, TlsSettings

Number = TypeVar("Number", int, float)

EPILOG = """\
Every flag can be given as an environment variable too: --max-body-mib is ECG_GATEWAY_MAX_BODY_MIB (and --insecure is
ECG_GATEWAY_INSECURE=true). A flag wins.

Once it listens the gateway prints one line, "listening on HOST:PORT", to standard error; its log goes there too, and
says where the page is. It starts whether or not the service is there. SIGTERM or Ctrl-C makes it answer what it
has received and exit 0. It exits 1 when the address or the certificates cannot be used, 2 on a wrong flag.

Not a medical device.
"""


def read_settings(arguments: Sequence[str] | None, environment: Mapping[str, str]) -> GatewaySettings:
    """Return the settings that flags and environment make; None for the flags of this process.

    Raises:
        SystemExit: a flag or variable is wrong, which is said on standard error; or help was asked for.
        InvalidAddressError: the service's address is none.
    """
    parser = _Parser(environment)
    options = parser.parse_args(arguments)
    if (options.tls_certificate is None) != (options.tls_key is None):
        parser.error("--tls-certificate and --tls-key go together")
    if (options.service_certificate is None) != (options.service_key is None):
        parser.error("--service-certificate and --service-key go together")
    return GatewaySettings(
        host=options.host,
        port=options.port,
        metrics_port=options.metrics_port,
        service=Connection(options.service, _service_tls(options)),
        tls=_tls(options),
        is_insecure=options.insecure,
        allowed_origins=tuple(options.allowed_origins),
        timeout_seconds=options.timeout_seconds,
        drain_seconds=options.drain_seconds,
        body=BodySettings(
            max_bytes=options.max_body_mib * MEBIBYTE,
            held_bytes=options.held_body_mib * MEBIBYTE,
            read_seconds=options.read_seconds,
        ),
    )


def _tls(options: argparse.Namespace) -> TlsSettings | None:
    if options.tls_certificate is None:
        return None
    return TlsSettings(certificate=options.tls_certificate, private_key=options.tls_key)


def _service_tls(options: argparse.Namespace) -> Tls | None:
    tls = Tls(
        authority=options.service_authority,
        certificate=options.service_certificate,
        private_key=options.service_key,
        server_name=options.service_name,
    )
    return tls if options.service_tls or tls != Tls() else None


class _Parser(argparse.ArgumentParser):
    """The flags, in groups; their defaults are those of the settings, unless the environment has others."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(
            prog="ecg-gateway",
            usage="ecg-gateway [FLAG ...]; ecg-gateway --help lists them",
            description="HTTP and JSON for the ECG service (ecg.v1.EcgService): docs/gateway.md.",
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self._environment = environment
        defaults = GatewaySettings()
        self._add_address(defaults)
        self._add_service(defaults)
        self._add_access()
        self._add_limits(defaults)
        self.add_argument("--version", action="version", version=f"ecg-gateway {version('ecg-classifier')}")

    def _add_address(self, defaults: GatewaySettings) -> None:
        group = self.add_argument_group("where")
        self._add(group, "--host", str, defaults.host, "address to listen on")
        self._add(group, "--port", _port, defaults.port, "port to listen on; 0 picks a free one")
        meaning = "a port for Prometheus, in plain text, on the same address; unless given, none"
        self._add(group, "--metrics-port", _port, None, meaning)

    def _add_service(self, defaults: GatewaySettings) -> None:
        group = self.add_argument_group("the service")
        meaning = "where it is, HOST:PORT, or a target of gRPC such as dns:///HOST:PORT"
        self._add(group, "--service", str, defaults.service.address, meaning)
        meaning = "TLS to the service, with the authorities that this machine trusts; those below imply it"
        self._add_switch(group, "--service-tls", meaning)
        meaning = "the authorities that the service's certificate must come from, PEM"
        self._add(group, "--service-authority", Path, None, meaning)
        meaning = "the certificate that shows the service who calls, PEM"
        self._add(group, "--service-certificate", Path, None, meaning)
        self._add(group, "--service-key", Path, None, "that certificate's private key, PEM")
        meaning = "the name in the service's certificate, where it is not the host of its address"
        self._add(group, "--service-name", str, None, meaning)

    def _add_access(self) -> None:
        group = self.add_argument_group("who may call (whom the service lets in, the service decides)")
        self._add(group, "--tls-certificate", Path, None, "the gateway's certificate and its chain, PEM")
        self._add(group, "--tls-key", Path, None, "the certificate's private key, PEM")
        meaning = "plain text may leave this machine, to callers or to the service: anyone can read along"
        self._add_switch(group, "--insecure", meaning)
        meaning = "an origin whose pages may call, such as https://ward.example.org; * is every one; unless given, none"
        self._add_several(group, "--allowed-origins", "ORIGIN", meaning)

    def _add_limits(self, defaults: GatewaySettings) -> None:
        group = self.add_argument_group("how much, how long")
        meaning = "largest body of a request, in MiB, as it comes and once it is inflated"
        self._add(group, "--max-body-mib", _positive(int), defaults.body.max_bytes // MEBIBYTE, meaning)
        meaning = "bodies in memory, of all requests together, in MiB"
        self._add(group, "--held-body-mib", _positive(int), defaults.body.held_bytes // MEBIBYTE, meaning)
        meaning = "how long a body may take to arrive, in seconds"
        self._add(group, "--read-seconds", _positive(float), defaults.body.read_seconds, meaning)
        meaning = "how long a call of the service may take, in seconds; a Grpc-Timeout header may ask for less"
        self._add(group, "--timeout-seconds", _positive(float), defaults.timeout_seconds, meaning)
        meaning = "how long requests may go on after SIGTERM, in seconds"
        self._add(group, "--drain-seconds", _positive(float), defaults.drain_seconds, meaning)

    def _add(
        self, group: argparse._ArgumentGroup, flag: str, kind: Callable[[str], object], default: object, meaning: str
    ) -> None:
        otherwise = "" if default is None else f"default: {default}; "
        # argparse runs a default that is a string through `type`, so a wrong variable is reported like a wrong flag.
        given = self._environment.get(_variable(flag), default)
        metavar = "FILE" if kind is Path else flag.rpartition("-")[2].upper()
        group.add_argument(
            flag, type=kind, default=given, metavar=metavar, help=f"{meaning} ({otherwise}{_variable(flag)})"
        )

    def _add_several(self, group: argparse._ArgumentGroup, flag: str, metavar: str, meaning: str) -> None:
        given = self._environment.get(_variable(flag), "").split(",")
        group.add_argument(
            flag,
            nargs="+",
            default=[one.strip() for one in given if one.strip()],
            metavar=metavar,
            help=f"{meaning}; one or more ({_variable(flag)}, with commas)",
        )

    def _add_switch(self, group: argparse._ArgumentGroup, flag: str, meaning: str) -> None:
        given = self._environment.get(_variable(flag), "false").lower()
        if given not in _SWITCH:
            self.error(f"{_variable(flag)} is {given!r}; it must be true or false")
        group.add_argument(
            flag,
            action=argparse.BooleanOptionalAction,
            default=_SWITCH[given],
            help=f"{meaning} (default: off; {_variable(flag)})",
        )


_SWITCH = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}


def _variable(flag: str) -> str:
    return f"ECG_GATEWAY_{flag.removeprefix('--').replace('-', '_').upper()}"


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004 - the range of TCP
        raise argparse.ArgumentTypeError(f"{text!r} must be a number from 0 to 65535")
    return int(text)


def _positive(kind: Callable[[str], Number]) -> Callable[[str], Number]:
    def number(text: str) -> Number:
        try:
            value = kind(text)
        except ValueError:
            value = kind("0")
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text!r} must be a {_KINDS[kind]} above 0")
        return value

    return number


_KINDS: dict[object, str] = {int: "whole number", float: "number"}
