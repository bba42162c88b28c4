"""The service that a command calls: where it is, and how it and its caller show each other who they are."""

import dataclasses
import functools
import inspect
import os
from collections.abc import Callable

from ecg_client.cli.options import (
    Address,
    Authority,
    Certificate,
    ConfigFile,
    PrivateKey,
    Profile,
    ServerName,
    TokenFile,
    WithTls,
)
from ecg_client.client import EcgClient
from ecg_client.connection import DEFAULT_ADDRESS, DEFAULT_TIMEOUT_S
from ecg_client.errors import InvalidCredentialsError
from ecg_client.tls import Tls


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service as the options describe it; each attribute is one.

    What `config` and `profile` say is in the others already.
    """

    address: Address = DEFAULT_ADDRESS
    tls: WithTls = None
    ca: Authority = None
    cert: Certificate = None
    key: PrivateKey = None
    server_name: ServerName = None
    token_file: TokenFile = None
    config: ConfigFile = None
    profile: Profile = None

    def client(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> EcgClient:
        """Returns a client of it."""
        return EcgClient(self.address, tls=self._tls(), token=self._token(), timeout_s=timeout_s)

    def _tls(self) -> Tls | None:
        if self.tls is False:
            return None
        given = Tls(authority=self.ca, certificate=self.cert, private_key=self.key, server_name=self.server_name)
        return given if self.tls or given != Tls() else None

    def _token(self) -> str | None:
        if self.token_file is None:
            return os.environ.get("ECG_TOKEN") or None
        try:
            return self.token_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise InvalidCredentialsError(f"{self.token_file} holds no token: {why}") from error


def calls_a_service(command: Callable[..., None]) -> Callable[..., None]:
    """Makes a command out of a function: in place of its argument `service` it takes all that describe one.

    Typer has no other way for commands to share options.
    """
    own = inspect.signature(command).parameters.values()
    shared = inspect.signature(Service).parameters.values()

    @functools.wraps(command)
    def run(**arguments: object) -> None:
        described = {parameter.name: arguments.pop(parameter.name) for parameter in shared}
        command(service=Service(**described), **arguments)  # type: ignore[arg-type] # as typer made them

    parameters = [*(parameter for parameter in own if parameter.name != "service"), *shared]
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    vars(run)["__signature__"] = inspect.Signature(parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run
