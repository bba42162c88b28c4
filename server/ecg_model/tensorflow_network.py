"""Runs a network in TensorFlow: the reference runtime.

The model is traced once and its variables frozen into the graph. `model.predict` is not used: it costs twenty times as
much for one recording, leaks in a loop and is not safe to call from several threads.
"""

from contextlib import suppress
from typing import Any

from ecg_model.keras_file import InputNames
from ecg_model.quiet_tensorflow import tf
from ecg_model.recording import FloatArray


class TensorFlowNetwork:
    """A traced Keras model.

    Args:
        model: the Keras model, of either dialect, with one metadata and one signal input.
        inputs: which input is which.
    """

    def __init__(self, model: Any, inputs: InputNames) -> None:
        self.frozen = freeze(model, inputs)

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class]."""
        (probabilities,) = self.frozen(metadata=tf.constant(metadata), signal=tf.constant(signal))
        array: FloatArray = probabilities.numpy()
        return array

    def gradients(
        self, metadata: FloatArray, signal: FloatArray, output: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return probabilities [recording, class], and the gradients of one class's by metadata and by signal."""
        inputs = tf.constant(metadata), tf.constant(signal)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            (probabilities,) = self.frozen(metadata=inputs[0], signal=inputs[1])
            explained = probabilities[:, output]
        by_metadata, by_signal = tape.gradient(explained, inputs, unconnected_gradients="zero")
        return probabilities.numpy(), by_metadata.numpy(), by_signal.numpy()


def freeze(model: Any, inputs: InputNames) -> Any:
    """Return the model as one TensorFlow function of `metadata` and `signal`, with its weights as constants."""
    shapes = {tensor.name: tuple(tensor.shape) for tensor in model.inputs}

    def probabilities(metadata: Any, signal: Any) -> Any:
        by_name = {inputs.metadata: metadata, inputs.signal: signal}
        return model([by_name[tensor.name] for tensor in model.inputs], training=False)

    traced = tf.function(
        probabilities,
        input_signature=[
            tf.TensorSpec(shapes[inputs.metadata], tf.float32, name="metadata"),
            tf.TensorSpec(shapes[inputs.signal], tf.float32, name="signal"),
        ],
    )
    # TensorFlow has no public name for it; its own converters freeze like this.
    from tensorflow.python.framework.convert_to_constants import (  # noqa: PLC0415 - after TensorFlow, quietly
        convert_variables_to_constants_v2,
    )

    return convert_variables_to_constants_v2(traced.get_concrete_function())


def use_threads(count: int) -> None:
    """Let one run of a network use this many threads.

    TensorFlow takes the number once, before it does anything: a process that loads several networks keeps the first.
    """
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(count)
        tf.config.threading.set_inter_op_parallelism_threads(1)
