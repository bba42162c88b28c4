"""The config file of `ecg`: what its options are where neither a flag nor a variable says so."""

import json
import math
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import typer

from ecg_client.errors import EcgError

Value = TypeVar("Value")

_PREFIX = "ECG_"
_PATHS = frozenset({"ca", "cert", "key", "token_file"})
_LEAST_TIMEOUT_S = 0.001
_IN_A_FILE_OF_ITS_OWN = (
    "a token does not belong here; put it into a file of its own that nobody else can read, "
    'and give that as token_file = "FILE"'
)


class InvalidConfigError(EcgError):
    """A config file, or something in it, that cannot be used. Its text never holds a token."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


def usual_path() -> Path:
    """Returns where the config file is unless something else is said: `~/.config/ecg/config.toml` on Linux."""
    return Path(typer.get_app_dir("ecg")) / "config.toml"


def configure(context: typer.Context, parameter: typer.CallbackParam, value: Value) -> Value:
    """Takes `--config` or `--profile`; after both, the other options of the command have the file's values as defaults.

    An option may be in the file if it has a variable: ECG_TOKEN_FILE is `token_file` there.

    Raises:
        InvalidConfigError: If the file, or anything in it, cannot be used.
    """
    given = {**context.params, str(parameter.name): value}
    if not context.resilient_parsing and {"config", "profile"} <= given.keys():
        settings = read_settings(given["config"], given["profile"])
        context.default_map = {
            str(option.name): settings[key]
            for option in context.command.params
            if isinstance(option.envvar, str) and (key := option.envvar.removeprefix(_PREFIX).lower()) in settings
        }
    return value


def read_settings(path: Path | None, profile: str | None) -> dict[str, object]:
    """Returns the settings of a config file, or of a profile in it, which stands in place of those outside of profiles.

    Args:
        path: The file; None is the usual one, which need not be there.
        profile: The name of a profile; None takes what is outside of profiles.

    Raises:
        InvalidConfigError: If the file cannot be read, anything in it is wrong, or it has no such profile.
    """
    path = path or usual_path()
    content = _content(path, may_be_absent=path == usual_path() and profile is None)
    profiles = content.pop("profile", {})
    if not isinstance(profiles, dict) or not all(isinstance(one, dict) for one in profiles.values()):
        raise InvalidConfigError(path, "profile is no table of profiles; begin each with a line [profile.NAME]")
    settings = _settings(path, content)
    settings_of = {name: _settings(path, one, f"profile.{name}.") for name, one in profiles.items()}
    if profile is not None and profile not in settings_of:
        names = ", ".join(settings_of) or "none"
        raise InvalidConfigError(path, f"there is no profile {profile!r}; it has {names}")
    chosen = settings if profile is None else settings_of[profile]
    # A variable counts for more than the file, and this one stands for the same thing.
    return {key: one for key, one in chosen.items() if key != "token_file" or not os.environ.get("ECG_TOKEN")}


def profile_names(context: typer.Context, incomplete: str) -> list[str]:
    """Returns the profiles that a shell may offer: none where the file cannot be used."""
    try:
        content = _content(context.params.get("config") or usual_path(), may_be_absent=True)
    except InvalidConfigError:
        return []
    profiles = content.get("profile", {})
    return [name for name in profiles if name.startswith(incomplete)] if isinstance(profiles, dict) else []


def _content(path: Path, *, may_be_absent: bool) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        if may_be_absent and isinstance(error, FileNotFoundError | NotADirectoryError):
            return {}
        remedy = "see that it is a file that you may read, or give another with --config or ECG_CONFIG"
        raise InvalidConfigError(path, f"cannot be read: {error.strerror}; {remedy}") from error
    except UnicodeDecodeError as error:
        raise InvalidConfigError(path, "is no UTF-8; save it as such") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidConfigError(path, f'is no TOML: {error}; write lines such as address = "HOST:PORT"') from error


def _settings(path: Path, table: Mapping[str, object], where: str = "") -> dict[str, object]:
    """The values of a table as the options take them, with paths that begin at the file's folder."""
    for key, value in table.items():
        if key == "token":
            raise InvalidConfigError(path, f"{where}{key}: {_IN_A_FILE_OF_ITS_OWN}")
        if key not in _KINDS:
            # Without its value: nobody knows what it is, so it may be a secret.
            raise InvalidConfigError(path, f"{where}{key} is unknown; the keys are {', '.join(_KINDS)}, profile")
        is_valid, remedy = _KINDS[key]
        if not is_valid(value):
            shown = json.dumps(value, ensure_ascii=False, default=str)
            raise InvalidConfigError(path, f"{where}{key} is {shown}; give {remedy}")
    folder = path.absolute().parent
    return {key: folder / _at_home(str(value)) if key in _PATHS else value for key, value in table.items()}


def _at_home(path: str) -> Path:
    return Path(path).expanduser() if path.startswith("~/") else Path(path)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_timeout(value: object) -> bool:
    return isinstance(value, int | float) and value is not True and _LEAST_TIMEOUT_S <= value < math.inf


# Of each key what its value must be, and how to say so.
_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "address": (_is_text, 'a host and a port in quotes, such as "127.0.0.1:50051"'),
    "tls": (lambda value: isinstance(value, bool), "true or false, without quotes"),
    "ca": (_is_text, "a file's path in quotes"),
    "cert": (_is_text, "a file's path in quotes"),
    "key": (_is_text, "a file's path in quotes"),
    "server_name": (_is_text, "a name in quotes"),
    "token_file": (_is_text, "a file's path in quotes"),
    "timeout": (_is_timeout, f"seconds, a number from {_LEAST_TIMEOUT_S} up, without quotes"),
    "model_version": (_is_text, "a label or version in quotes"),
}
