"""The network, asked again and again."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ecg_model.calibration import Calibrator
from ecg_model.classifier import Classifier
from ecg_model.errors import GradientsUnavailableError, InvalidOptionsError, RefusalReason, Violation
from ecg_model.recording import FloatArray

Array = npt.NDArray[np.float64]


@runtime_checkable
class DifferentiableNetwork(Protocol):
    """A network in a runtime that tells gradients."""

    def gradients(
        self, metadata: FloatArray, signal: FloatArray, output: int
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return probabilities [window, class], and the gradients of one class's, as their arguments are shaped.

        Args:
            metadata: float32 [window, feature].
            signal: float32 millivolts [window, sample, lead].
            output: the class.
        """


class Runs:
    """A model's network, run for one explanation; windows at a time are the caller's affair.

    Args:
        classifier: the model.
        most_windows: on how many windows it may be run.
        check: called before each run; what it raises ends the work.

    Attributes:
        computed_windows: on how many windows it has been run.
    """

    def __init__(self, classifier: Classifier, most_windows: int, check: Callable[[], None]) -> None:
        self.most_windows = most_windows
        self.computed_windows = 0
        self._network = classifier.network
        self._calibrate = Calibrator(classifier.manifest.classes)
        self._check = check

    def refuse_more_than_may_be(self, windows: int) -> None:
        """Check that so many windows are not too many.

        Raises:
            InvalidOptionsError: they are.
        """
        if windows > self.most_windows:
            problem = (
                f"the network would be run on {windows} windows for it, and may be on {self.most_windows}; ask for one "
                "window, for fewer classes or without include_lead_times, or send a shorter recording"
            )
            raise InvalidOptionsError(RefusalReason.EXPLANATION_TOO_COSTLY, Violation("", problem))

    def probabilities(self, metadata: FloatArray, signals: FloatArray) -> FloatArray:
        """Return calibrated probabilities [window, class]."""
        self._begin(len(signals))
        return self._calibrate(self._network(metadata, signals))

    def gradients(self, metadata: FloatArray, signals: FloatArray, output: int) -> tuple[Array, Array, Array]:
        """Return the calibrated probabilities of one class [window], and their gradients, shaped as the arguments are.

        Raises:
            GradientsUnavailableError: the runtime tells none.
        """
        if not isinstance(self._network, DifferentiableNetwork):
            raise GradientsUnavailableError
        self._begin(len(signals))
        said, by_metadata, by_signal = self._network.gradients(metadata, signals, output)
        slopes = self._calibrate.derivatives(said)[:, output]
        told = self._calibrate(said)[:, output].astype(np.float64)
        return told, slopes[:, np.newaxis] * by_metadata, slopes[:, np.newaxis, np.newaxis] * by_signal

    def _begin(self, windows: int) -> None:
        self._check()
        self.computed_windows += windows
