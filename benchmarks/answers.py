"""The right answers, computed without a server, and the check that every contender's answers are these."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.recordings import NATIVE_RATE_HZ, SampleKind, recordings
from ecg_client import Recording
from ecg_evaluation.model_recording import model_recording
from ecg_model.classifier import Classifier, Prediction
from ecg_model.loading import Runtime, load_classifier
from ecg_model.preprocessing import unmasked_inputs
from ecg_model.recording import FloatArray

# Runtimes may differ by 1e-5; this is about answers to the wrong question.
TOLERANCE = 1e-4


class WrongAnswerError(Exception):
    """A contender answered something else than the network does: it is not worth measuring."""


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The probabilities of each of the recordings, in their order."""

    probabilities: tuple[tuple[float, ...], ...]

    def check(self, index: int, probabilities: Sequence[float]) -> None:
        """Compare an answer with the right one.

        Raises:
            WrongAnswerError: they differ.
        """
        right = self.probabilities[index]
        # A list: it is done for every answer, and generators are slower.
        if len(probabilities) != len(right) or not all(
            [abs(a - b) < TOLERANCE for a, b in zip(probabilities, right, strict=True)]  # noqa: C419
        ):
            raise WrongAnswerError(f"recording {index}: {list(probabilities)} instead of {list(right)}")


@cache
def classifier(model: str, runtime: Runtime, threads: int) -> Classifier:
    """Return a classifier, loaded once in this process."""
    return load_classifier(model, runtime, threads)


def describe_model(model: str) -> str:
    """Return which model it is."""
    manifest = classifier(model, Runtime.ONNX, 1).manifest
    return f"{manifest.name} {manifest.version} (SHA-256 {manifest.sha256[:12]}…)"


def service_answers(model: str, sample_rate_hz: float = NATIVE_RATE_HZ) -> AnswerKey:
    """Return what the service has to answer."""
    return answers_of(model, recordings(SampleKind.INT16, sample_rate_hz))


def answers_of(model: str, sent: Sequence[Recording]) -> AnswerKey:
    """Return what the service has to answer to these recordings."""
    outcomes = classifier(model, Runtime.ONNX, 1).classify([model_recording(one) for one in sent])
    predictions = [one for one in outcomes if isinstance(one, Prediction)]
    if len(predictions) < len(sent):
        raise WrongAnswerError("a recording was refused")
    return AnswerKey(tuple(one.probabilities for one in predictions))


def network_answers(model: str) -> AnswerKey:
    """Return what the bare network has to answer, less whatever the service makes of that."""
    one_thread = classifier(model, Runtime.ONNX, 1)
    outputs = one_thread.network(*network_inputs(one_thread))
    return AnswerKey(tuple(map(tuple, outputs.tolist())))


def network_inputs(classifier: Classifier) -> tuple[FloatArray, FloatArray]:
    """Return all recordings as the network takes them: metadata and signal."""
    return unmasked_inputs([model_recording(one) for one in recordings()], classifier.manifest.input)
