"""A recording in, an explanation out."""

from collections.abc import Callable

from ecg_model.classifier import Classifier
from ecg_model.errors import InvalidRecordingError
from ecg_model.explanation.choices import Choices, Method
from ecg_model.explanation.explanation import Explanation
from ecg_model.explanation.integrated_gradients import follow_gradients
from ecg_model.explanation.occlusion import occlude
from ecg_model.explanation.runs import Runs
from ecg_model.explanation.seen import seen_by_network
from ecg_model.recording import Recording


def explain(
    classifier: Classifier, recording: Recording, choices: Choices, most_windows: int, check: Callable[[], None]
) -> Explanation:
    """Return what speaks for the classes of a recording.

    Args:
        classifier: what classifies it.
        recording: the recording.
        choices: what is asked for.
        most_windows: on how many windows the network may be run for it, beyond those of the prediction.
        check: called before each run of the network; what it raises ends the work.

    Raises:
        InvalidRecordingError: the recording cannot be classified.
        InvalidOptionsError: the window is not there, or it would take more than may be computed.
        GradientsUnavailableError: gradients are asked for, and the network's runtime tells none.
        IncompleteExplanationError: the changes do not add up.
    """
    manifest = classifier.manifest
    check()
    (prediction,) = classifier.classify([recording])
    if isinstance(prediction, InvalidRecordingError):
        raise prediction
    seen = seen_by_network(recording, manifest, choices.window)
    runs, lead_times = Runs(classifier, most_windows, check), choices.include_lead_times
    if choices.method is Method.OCCLUSION:
        explained = occlude(seen, prediction, choices.classes, runs, include_lead_times=lead_times)
    else:
        explained = follow_gradients(seen, choices.classes, manifest.classes, runs, include_lead_times=lead_times)
    return Explanation(
        prediction=prediction,
        method=choices.method,
        lead_names=manifest.input.lead_names,
        segments=seen.segments,
        metadata_names=tuple(manifest.input.metadata[place].name for place in seen.known),
        classes=explained,
        computed_windows=runs.computed_windows,
    )
