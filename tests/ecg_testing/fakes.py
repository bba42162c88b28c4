"""Networks whose answers can be computed by hand, and classifiers around them that need no TensorFlow."""

import asyncio
import threading

import numpy as np

from ecg_model.bare_model import bare_classes, bare_input, bare_operating_points
from ecg_model.classifier import Classifier, Network
from ecg_model.manifest import LayerSummary, Manifest, NetworkSummary
from ecg_model.recording import FloatArray

YEARS_TO_ONE = 256
OVERFLOW = 1e38


class FirstSamples:
    """Gives each class the first sample of one lead (I, II, III, aVR, aVL), in mV, and the age in years / 256 on top.

    Like a real network it overflows where samples are absurd: beyond 1e38 mV it gives NaN.

    Attributes:
        seen: what it was given: (metadata [feature], signal [sample, lead]), one for each recording.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[FloatArray, FloatArray]] = []

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class]."""
        self.seen.extend(zip(metadata.copy(), signal.copy(), strict=True))
        first = signal[:, 0, :5]
        return np.where(np.abs(first) > OVERFLOW, np.float32("nan"), first) + metadata[:, :1] / np.float32(YEARS_TO_ONE)

    @property
    def seen_numbers(self) -> list[int]:
        """The first sample of lead I of each recording, in microvolts: what `numbered_recording` was given."""
        return [round(float(signal[0, 0]) * 1000) for _, signal in self.seen]


class GatedNetwork(FirstSamples):
    """Computes only while its gate is open.

    Attributes:
        gate: closed by clearing it; open when made, so that a server can warm up.
        entered: set as soon as a run waits at the closed gate.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def close(self) -> None:
        """Let no run through from now on, and forget what was seen so far."""
        self.seen.clear()
        self.entered.clear()
        self.gate.clear()

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Wait for the gate, then return probabilities [recording, class]."""
        if not self.gate.is_set():
            self.entered.set()
            if not self.gate.wait(timeout=60):
                raise TimeoutError("nobody opened the gate")
        return super().__call__(metadata, signal)


async def entered(network: GatedNetwork) -> None:
    """Wait until a run stands before the closed gate."""
    if not await asyncio.to_thread(network.entered.wait, 60):
        raise TimeoutError("no run came to the gate")


class FailingNetwork(FirstSamples):
    """Fails for every batch that holds a recording whose first sample is at least 1 mV."""

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class], or fail."""
        if signal[:, 0, 0].max() >= 1:
            raise RuntimeError("secret of the network")
        return super().__call__(metadata, signal)


def fake_manifest(version: str = "") -> Manifest:
    """Return the manifest of a bare model: classes at the threshold 0.5, unknown metadata 0."""
    layer = LayerSummary(
        name="fake", type="FirstSamples", output_shape="(None, 5)", parameter_count=0, connected_to=("X", "Y")
    )
    return Manifest(
        name="fake",
        version=version,
        sha256="0" * 64,
        input=bare_input("X", "Y"),
        classes=bare_classes(),
        operating_points=bare_operating_points(),
        summary=NetworkSummary(text="a fake", layers=(layer,), parameter_count=0),
    )


def fake_classifier(network: Network | None = None) -> Classifier:
    """Return a classifier around a fake network."""
    return classifier_of(fake_manifest(), FirstSamples() if network is None else network)


def classifier_of(manifest: Manifest, network: Network) -> Classifier:
    """Return a classifier at the manifest's first operating point."""
    return Classifier(manifest, network, manifest.operating_points[0])
