"""The models that are being served, and under which labels."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from ecg.v1 import ecg_service_pb2, model_pb2
from ecg_model.classifier import Classifier
from ecg_server.errors import UnknownModelVersionError
from ecg_server.prediction_conversion import PredictionConverter, model_summary_to_proto, model_version_to_proto

STABLE = "stable"


@dataclass(frozen=True, slots=True, eq=False)
class ServedModel:
    """A model that is being served.

    Attributes:
        classifier: recordings in, predictions out.
        converter: turns its predictions into messages.
    """

    classifier: Classifier
    converter: PredictionConverter

    @property
    def version(self) -> str:
        """The version of its bundle; empty for a bare Keras file."""
        return self.classifier.manifest.version

    @property
    def name(self) -> str:
        """Its name and version, for the log."""
        return f"{self.classifier.manifest.name} {self.version}".strip()


class ServedModels:
    """All models of a server, by label. A call takes its model once, and keeps it to its end.

    Args:
        limits: what the server accepts, for the summaries.
    """

    def __init__(self, limits: model_pb2.Limits) -> None:
        self._limits = limits
        # The first is the one that callers get who ask for none.
        self._by_label: dict[str, ServedModel] = {}

    def put(self, label: str, classifier: Classifier) -> ServedModel:
        """Serve a model under a label from now on; calls that have begun keep what they have."""
        self._by_label[label] = model = ServedModel(classifier, PredictionConverter(classifier))
        return model

    def find(self, label_or_version: str) -> ServedModel:
        """Return the model of a label, or else of a version; of several the first.

        Raises:
            UnknownModelVersionError: there is none.
        """
        if not label_or_version:
            return next(iter(self._by_label.values()))
        if label_or_version in self._by_label:
            return self._by_label[label_or_version]
        for model in self._by_label.values():
            if model.version == label_or_version:
                return model
        raise UnknownModelVersionError(", ".join(self._names()))

    def check(self) -> None:
        """Check that every model still gives its golden recordings their probabilities; blocks while it computes.

        Raises:
            BundleError: one does not.
        """
        for model in list(self._by_label.values()):
            model.classifier.check()

    def summary(self, label_or_version: str) -> ecg_service_pb2.ModelSummaryResponse:
        """Return what `ModelSummary` answers.

        Raises:
            UnknownModelVersionError: there is no such model.
        """
        response = model_summary_to_proto(self.find(label_or_version).classifier)
        response.limits.CopyFrom(self._limits)
        response.served_models.extend(self._listed())
        return response

    def by_label(self) -> dict[str, ServedModel]:
        """Return what is served now, by label."""
        return dict(self._by_label)

    def _names(self) -> Iterable[str]:
        versions = (model.version for model in self._by_label.values())
        return dict.fromkeys(filter(None, chain(self._by_label, versions)))

    def _listed(self) -> list[model_pb2.ServedModel]:
        # A label each: which labels share a model is the operator's affair, and may change.
        return [
            model_pb2.ServedModel(model=model_version_to_proto(model.classifier.manifest), labels=[label])
            for label, model in self._by_label.items()
        ]
