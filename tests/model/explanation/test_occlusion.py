"""What is missed when it is taken away: leads, half seconds, metadata values."""

from dataclasses import replace

import numpy as np
import pytest

from ecg_model.classifier import Classifier
from ecg_model.errors import InvalidOptionsError, InvalidRecordingError, RefusalReason
from ecg_model.explanation.choices import Choices
from ecg_model.explanation.explaining import explain
from ecg_model.explanation.explanation import Explanation
from ecg_model.explanation.parts import Part, places_of
from ecg_model.explanation.seen import seen_by_network
from ecg_model.manifest import SignalRule
from ecg_model.recording import FloatArray, LeadName, PatientMetadata, Recording
from ecg_testing.fakes import classifier_of, fake_classifier, fake_manifest

ALL = (0, 1, 2, 3, 4)
EVERYTHING = Choices(classes=ALL)
LEADS = tuple(LeadName)


class ChestSamples:
    """Gives each class the first sample of one chest lead, V1 to V5, in mV."""

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:  # noqa: ARG002 - a network has both
        """Return probabilities [recording, class]."""
        return signal[:, 0, 6:11]


def recording(
    first: list[float] | None = None, seconds: float = 10.0, metadata: PatientMetadata | None = None
) -> Recording:
    """Return a recording of 1/16 mV throughout, but for the first sample of the first leads."""
    signal = np.full((round(seconds * 100), 12), 1 / 16, dtype=np.float32)
    signal[0, : len(first or [])] = first or []
    return Recording(signal, 100.0, LEADS, metadata or PatientMetadata())


def explained(
    one: Recording, choices: Choices = EVERYTHING, classifier: Classifier | None = None, most: int = 10_000
) -> Explanation:
    """Return the explanation of a recording, by the first samples of the leads unless another classifier is given."""
    return explain(classifier or fake_classifier(), one, choices, most, lambda: None)


def test_a_limb_lead_is_missed_by_the_class_that_goes_by_it() -> None:
    """Without it the network is given 0 mV: the class loses the whole first sample, and no other class anything."""
    explanation = explained(recording([0.5, 0.25, -0.125, 0.0625, 0.5]))

    assert [one.probability for one in explanation.classes] == [0.5, 0.25, -0.125, 0.0625, 0.5]
    assert [one.leads[:5] for one in explanation.classes] == [
        (0.5, 0, 0, 0, 0),
        (0, 0.25, 0, 0, 0),
        (0, 0, -0.125, 0, 0),
        (0, 0, 0, 0.0625, 0),
        (0, 0, 0, 0, 0.5),
    ]
    assert explanation.lead_names == LEADS


def test_a_chest_lead_is_replaced_by_those_beside_it() -> None:
    """By the mean of two, at the ends by the one there is."""
    first = [0.0] * 6 + [0.5, 0.25, 0.125, 0.75, 0.5, 0.25]
    explanation = explained(recording(first), classifier=classifier_of(fake_manifest(), ChestSamples()))

    changes = [one.leads[6 + one.place] for one in explanation.classes]
    assert changes == [0.5 - 0.25, 0.25 - (0.5 + 0.125) / 2, 0.125 - (0.25 + 0.75) / 2, 0.75 - 0.3125, 0.0]


def test_a_masked_lead_changes_nothing_and_stands_in_for_none() -> None:
    """0 mV all along stays 0 mV, and the lead beside it becomes what the other neighbour is."""
    one = recording([0.0] * 6 + [0.5, 0.25, 0.0, 0.75, 0.5, 0.25])
    one.signal[:, 8] = 0
    explanation = explained(one, classifier=classifier_of(fake_manifest(), ChestSamples()))

    assert explanation.classes[2].leads[8] == 0
    assert explanation.classes[1].leads[7] == 0.25 - 0.5
    assert explanation.classes[3].leads[9] == 0.75 - 0.5


def test_a_half_second_becomes_a_straight_line() -> None:
    """At the start a level one: the class loses what the first sample has over the sample half a second later."""
    explanation = explained(recording([0.5, 0.25]))

    first, *others = explanation.classes[0].segments
    assert first == 0.5 - 1 / 16
    assert others == [0] * 19
    assert [one.offset_seconds for one in explanation.segments] == [0.5 * index for index in range(20)]
    assert {one.duration_seconds for one in explanation.segments} == {0.5}


def test_a_straight_line_leads_from_what_is_before_to_what_is_after() -> None:
    """Sample by sample, in every lead."""
    one = recording()
    one.signal[50:100] = 0.5
    one.signal[100:] = 9 / 16

    class Middle:
        def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:  # noqa: ARG002
            return signal[:, [49, 50, 74, 99, 100], 3]

    explanation = explained(one, classifier=classifier_of(fake_manifest(), Middle()))
    steps = np.array([0, 1, 25, 50, 51]) / 51
    without = 1 / 16 + steps / 2
    changes = [one.segments[1] for one in explanation.classes]
    assert changes == pytest.approx(np.array([1 / 16, 0.5, 0.5, 0.5, 9 / 16]) - without, abs=1e-6)


def test_a_half_second_of_one_lead() -> None:
    """Asked for, each stands for itself: lead by lead, in order of time."""
    one = recording([0.5, 0.25])
    asked = explained(one, Choices(classes=(0, 1), include_lead_times=True))

    assert [len(row) for row in asked.classes[0].lead_segments] == [20] * 12
    assert [row[0] for row in asked.classes[0].lead_segments[:3]] == [0.5 - 1 / 16, 0, 0]
    assert [row[0] for row in asked.classes[1].lead_segments[:3]] == [0, 0.25 - 1 / 16, 0]
    assert asked.computed_windows == 12 + 20 + 240
    assert explained(one).classes[0].lead_segments == ()
    assert explained(one).computed_windows == 12 + 20


def test_only_what_is_known_and_used_of_a_patient_can_be_missed() -> None:
    """An age of 64 adds 64 / 256 in this network; sex is known and changes nothing; what is unknown is not there."""
    one = recording([0.5], metadata=PatientMetadata(age_years=64, weight_kg=70))
    explanation = explained(one)

    assert explanation.metadata_names == ("age_years", "weight_kg")
    assert [each.metadata for each in explanation.classes] == [(0.25, 0)] * 5


def test_a_long_recording_is_explained_as_the_mean_over_its_windows() -> None:
    """What is in one of three windows makes a third of its change there; half seconds run through them all."""
    explanation = explained(recording([0.5], seconds=20))

    assert explanation.classes[0].probability == pytest.approx((0.5 + 1 / 16 + 1 / 16) / 3)
    assert explanation.classes[0].leads[0] == pytest.approx((0.5 + 1 / 16 + 1 / 16) / 3)
    assert explanation.classes[0].segments[0] == pytest.approx((0.5 - 1 / 16) / 3)
    assert len(explanation.segments) == 40
    # Half seconds that lie in two windows cost two.
    assert explanation.computed_windows == 3 * (12 + 20)


def test_a_half_second_is_taken_away_of_the_windows_that_it_lies_in() -> None:
    """Of 15 s seen in two windows, the second from 5 s on: ten half seconds in each alone, ten in both."""
    seen = seen_by_network(recording(seconds=15), fake_manifest(), None)
    parts = [Part(segment=9), Part(segment=10), Part(lead=3, segment=19), Part(segment=20), Part(lead=3)]

    assert places_of(parts, seen) == [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (3, 1), (4, 0), (4, 1)]


def test_one_window_of_a_long_recording() -> None:
    """Its probability is the window's own, and its half seconds say where in the recording they are."""
    explanation = explained(recording([0.5], seconds=20), Choices(classes=(0,), window=1))

    assert explanation.classes[0].probability == 1 / 16
    assert [explanation.segments[place].offset_seconds for place in (0, -1)] == [5.0, 14.5]
    assert len(explanation.prediction.windows) == 3
    assert explanation.computed_windows == 12 + 20


def test_a_short_recording_has_the_half_seconds_that_were_sent() -> None:
    """Repeated to fill the window, a half second is taken away wherever it stands."""

    class Repeats:
        def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:  # noqa: ARG002
            return signal[:, [0, 260, 520, 780, 1], 0]

    explanation = explained(recording([0.5], seconds=2.6), classifier=classifier_of(fake_manifest(), Repeats()))
    assert [one.duration_seconds for one in explanation.segments] == pytest.approx([0.5] * 5 + [0.1])
    assert [one.segments[0] for one in explanation.classes] == pytest.approx([0.5 - 1 / 16] * 4 + [0])


@pytest.mark.parametrize("window", [-1, 3, 1 << 31])
def test_a_window_that_is_not_there(window: int) -> None:
    """It is told how many there are."""
    with pytest.raises(InvalidOptionsError, match="is none of the recording's; of 3 windows") as caught:
        explained(recording(seconds=20), Choices(classes=ALL, window=window))
    assert caught.value.reason is RefusalReason.WINDOW_UNKNOWN
    assert [one.field for one in caught.value.violations] == ["window"]


def ecg_with_a_loose_start() -> tuple[Recording, Classifier]:
    """Return 20 s of which the first window has too many flat leads, and a model that leaves it out."""
    signal = np.random.default_rng(0).normal(scale=0.1, size=(20, 12)).astype(np.float32).repeat(100, axis=0)
    signal = np.cumsum(np.random.default_rng(1).choice([-0.01, 0.01], size=(2000, 12)), axis=0).astype(np.float32)
    signal[:1000, :6] = 0
    signal -= signal.mean(axis=0)
    signal[:1000, :6] = 0
    manifest = replace(fake_manifest(), signal_rule=SignalRule(maskable_leads=2, greatest_offset_mv=1000))
    return Recording(signal, 100.0, LEADS), replace(fake_classifier(), manifest=manifest)


def test_a_window_that_was_left_out_is_neither_explained_nor_can_be_asked_for() -> None:
    """The half seconds begin where the network looks."""
    one, classifier = ecg_with_a_loose_start()
    explanation = explained(one, classifier=classifier)
    left_out = [not window.probabilities for window in explanation.prediction.windows]

    assert left_out[0]
    first = left_out.index(False)
    assert explanation.segments[0].offset_seconds == explanation.prediction.windows[first].offset_seconds
    assert explanation.computed_windows == (3 - sum(left_out)) * (12 + 20)
    with pytest.raises(InvalidOptionsError, match="was left out"):
        explained(one, Choices(classes=ALL, window=0), classifier)


def test_more_than_may_be_computed_is_refused_before_it_is() -> None:
    """The error says how much it would be, and how to ask for less."""
    with pytest.raises(InvalidOptionsError, match=r"run on 272 windows for it, and may be on 271; ask for") as caught:
        explained(recording(), Choices(classes=ALL, include_lead_times=True), most=271)
    assert caught.value.reason is RefusalReason.EXPLANATION_TOO_COSTLY
    assert explained(recording(), Choices(classes=ALL, include_lead_times=True), most=272).computed_windows == 272


def test_what_cannot_be_classified_cannot_be_explained() -> None:
    """It is refused as it would be anyway."""
    with pytest.raises(InvalidRecordingError):
        explained(recording(seconds=1))


def test_work_that_is_called_off_ends_between_two_runs() -> None:
    """The check is asked before each."""
    seen = 0

    class CalledOffError(Exception):
        pass

    def check() -> None:
        nonlocal seen
        seen += 1
        if seen == 3:
            raise CalledOffError

    with pytest.raises(CalledOffError):
        explain(fake_classifier(), recording(), Choices(classes=ALL), 10_000, check)
    assert seen == 3
