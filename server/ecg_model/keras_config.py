"""Checks a network's config.json before Keras acts on it.

Keras builds whatever the file names. Its safe mode has been got round more than once, and Keras 2 gets no repairs any
more; so a network may name only what `ecg_model.keras_vocabulary` lists.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ecg_model.errors import BundleError
from ecg_model.keras_vocabulary import (
    CLASSES,
    FUNCTION_MODULES,
    FUNCTIONS,
    MODELS,
    MODULES,
    NUMBER_TYPES,
    VALUES,
)

# Nothing that ECG networks are made of comes near: it keeps one number from asking for all the memory. Several together
# still may, as their product is not bounded: two Dense layers of a million units in a row.
GREATEST_NUMBER = 1_000_000
# These count nothing.
_UNBOUNDED = ("seed", "shared_object_id")

_REMEDY = "save a network that is made of Keras's own layers, without Lambda layers and without classes of your own"


def checked_config(config: bytes, path: Path) -> bytes:
    """Return a config.json that is safe to build, without what belongs to training (optimizer, loss, metrics).

    Args:
        config: as it stands in the file.
        path: the file, for the error.

    Raises:
        BundleError: it is no network's, or names anything but parts of Keras that compute.
    """
    try:
        network = json.loads(config)
        if not isinstance(network, dict) or network.get("class_name") not in MODELS:
            raise BundleError(path, "its config.json describes no network; save a whole network with Keras")
        for one in _objects(network):
            _refuse_object(one, path)
        return json.dumps(network).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise BundleError(path, f"its config.json is damaged or nested too deeply: {error}") from error


def _objects(network: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every object inside, having taken out what belongs to training."""
    waiting: list[Any] = [network]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            one.pop("compile_config", None)
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _refuse_object(one: dict[str, Any], path: Path) -> None:
    _refuse_numbers(one, path)
    if "class_name" not in one:
        return
    if not (_is_known_function(one) if one["class_name"] == "function" else _is_known_class(one)):
        named = (one.get(key) for key in ("module", "class_name", "registered_name"))
        words = " ".join(repr(word)[:80] for word in named if word is not None)
        raise BundleError(path, f"its config.json names {words}, which is not served; {_REMEDY}")
    if one["class_name"] in VALUES:
        _refuse_number_type(one.get("config"), path)


def _is_known_class(one: dict[str, Any]) -> bool:
    name = one["class_name"]
    is_known_module = one.get("module") is None or _keras_module(one["module"]) in MODULES
    return name in CLASSES and is_known_module and one.get("registered_name") in (None, name)


def _is_known_function(one: dict[str, Any]) -> bool:
    name = one.get("config")
    is_known_module = _keras_module(one.get("module")) in FUNCTION_MODULES
    return name in FUNCTIONS and is_known_module and one.get("registered_name") in (None, name)


def _keras_module(module: object) -> str:
    return module.removeprefix("tf_") if isinstance(module, str) else ""


def _refuse_number_type(config: object, path: Path) -> None:
    # A type of text may be as large as it says: "U1000000000".
    number_type = config.get("dtype") if isinstance(config, dict) else None
    if number_type is not None and number_type not in NUMBER_TYPES:
        raise BundleError(path, f"its config.json has values of the type {str(number_type)[:80]!r}; {_REMEDY}")


def _refuse_numbers(one: dict[str, Any], path: Path) -> None:
    for key, value in one.items():
        if key in _UNBOUNDED:
            continue
        for number in _numbers(value):
            # A fraction below zero counts nothing, and -1e9 is what masks add.
            if (abs(number) if isinstance(number, int) else number) > GREATEST_NUMBER:
                problem = f"its config.json has {str(number)[:20]} as {key[:80]!r}"
                raise BundleError(path, f"{problem}; at most {GREATEST_NUMBER} is taken; save a smaller network")


def _numbers(value: object) -> Iterator[float]:
    """Yield the numbers in a value, and what Keras may take for one: a text that can be read as one."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, int | float):
            yield one
        elif isinstance(one, str) and any(map(str.isdecimal, one)):
            with suppress(ValueError):
                yield float(one)
