"""What the workers are told: what to classify with, where to read and where to write."""

from dataclasses import dataclass

from ecg_client.formats.file_format import Stated
from ecg_cluster.archive.places import Place
from ecg_cluster.archive.unit import Unit
from ecg_model.classifier import Classifier
from ecg_model.loading import Runtime, load_classifier


@dataclass(frozen=True, slots=True)
class Model:
    """A model to classify with, as every worker loads it.

    Attributes:
        model: the name of a shipped bundle, or the path of one or of a .keras file, as every worker finds it.
        runtime: what runs the network; None: as `load_classifier` decides.
        operating_point: the name of one of its operating points; None: its first.
    """

    model: str
    runtime: Runtime | None = None
    operating_point: str | None = None

    def load(self) -> Classifier:
        """Return the classifier, which uses one thread.

        Raises:
            BundleError: there is none, or it cannot be used.
        """
        return load_classifier(self.model, self.runtime, operating_point=self.operating_point)


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model answers, as the rows have it.

    Attributes:
        name: of the bundle.
        version: of the bundle; empty for a bare Keras file.
        sha256: of its network.
        operating_point: whose thresholds decide.
    """

    name: str
    version: str
    sha256: str
    operating_point: str

    def __str__(self) -> str:
        version = f" {self.version}" if self.version else ""
        return f"{self.name}{version} ({self.sha256[:8]}, operating point {self.operating_point})"


def identity_of(classifier: Classifier) -> ModelIdentity:
    """Return which model a classifier is."""
    manifest = classifier.manifest
    return ModelIdentity(manifest.name, manifest.version, manifest.sha256, classifier.operating_point.name)


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for all chunks of a run.

    Attributes:
        model: what to load.
        identity: what it must be when it is loaded.
        class_codes: its classes, in its order.
        stated: what is stated of files that do not say it themselves.
        output: the folder of parts that are not yet in the table.
    """

    model: Model
    identity: ModelIdentity
    class_codes: tuple[str, ...]
    stated: Stated
    output: Place


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one part of the table is made of.

    Attributes:
        name: of the part.
        place: where the units are.
        units: what to classify.
    """

    name: str
    place: Place
    units: tuple[Unit, ...]
