"""What is to be drawn."""

import dataclasses
from collections.abc import Sequence

from ecg_client.explanation import ClassExplanation
from ecg_client.plotting.strips import Arrangement
from ecg_client.plotting.traces import duration_s
from ecg_client.prediction import Prediction
from ecg_client.recording import Recording


@dataclasses.dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Picture:
    """A recording as it is drawn: on a page of A4 across, 25 mm to the second and 10 mm to the millivolt.

    Attributes:
        recording: What is drawn: ten seconds of it at most. Of eight leads the other four are derived, and marked so.
        prediction: What is shown above it: probabilities, thresholds, findings, abstentions, warnings; None is nothing.
        arrangement: How the leads lie on the page.
        from_s: Where the page begins, in seconds from the first sample.
        shade: What speaks for one class, with the half seconds of each lead: drawn beneath the traces; None is nothing.
        not_classified: Why there is no prediction, where one was asked for.

    Raises:
        ValueError: The page would begin where the recording is over.
    """

    recording: Recording
    prediction: Prediction | None = None
    arrangement: Arrangement = Arrangement.THREE_BY_FOUR
    from_s: float = 0.0
    not_classified: Sequence[str] = ()
    shade: ClassExplanation | None = None

    def __post_init__(self) -> None:
        duration = duration_s(self.recording)
        if not 0 <= self.from_s < duration:
            raise ValueError(f"from_s is {self.from_s:g}, but the recording lasts {duration:g} s; give less than that")
