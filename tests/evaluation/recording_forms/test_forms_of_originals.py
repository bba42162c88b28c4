import numpy as np
import pytest

from ecg_evaluation.recording_forms.long import joined_labels, joined_recordings
from ecg_evaluation.recording_forms.lost_leads import is_answered, random_leads
from ecg_evaluation.recording_forms.originals import ALL_LEADS, Originals
from ecg_evaluation.recording_forms.short import piece
from ecg_model.manifest import SignalRule
from ecg_model.recording import LeadName, PatientMetadata

CODES = ("NORM", "MI", "HYP")


def originals(labels: list[list[int]], patients: list[int]) -> Originals:
    """Return recordings that hold nothing but their number."""
    count = len(labels)
    signals = np.broadcast_to(np.arange(count, dtype=np.float32)[:, None, None], (count, 1000, 12))
    return Originals(signals, (PatientMetadata(),) * count, np.array(labels, dtype=np.bool_), np.array(patients))


@pytest.mark.parametrize(("position", "first"), [("start", 0), ("middle", 375), ("end", 750)])
def test_a_piece_lies_where_it_is_said_to_lie(position: str, first: int) -> None:
    """Two and a half seconds of ten."""
    signals = np.arange(1000, dtype=np.float32).reshape(1, 1000, 1)

    cut = piece(signals, 2.5, position)

    assert cut.shape == (1, 250, 1)
    assert cut[0, 0, 0] == first


def test_joined_recordings_are_of_the_patients_they_should_be_of() -> None:
    """Pairs of one patient; pairs of two; one followed by three that are normal and nothing else."""
    labels = [[1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1], [1, 0, 0]]
    patients = [7, 8, 7, 9, 7, 8]
    same, different, intermittent = joined_recordings(originals(labels, patients), CODES, np.random.default_rng(0))

    assert same.members.tolist() == [[0, 2], [1, 5]]
    assert all(patients[one] != patients[other] for one, other in different.members)
    assert sorted(intermittent.members[:, 0].tolist()) == list(range(6))
    assert set(intermittent.members[:, 1:].ravel().tolist()) <= {0, 2, 5}


def test_where_no_patient_comes_twice_there_are_no_pairs() -> None:
    """The table is empty but has its two columns."""
    same, *_ = joined_recordings(originals([[1, 0, 0]] * 3, [1, 2, 3]), CODES, np.random.default_rng(0))

    assert same.members.shape == (0, 2)


def test_a_joined_recording_shows_what_any_part_shows_and_is_normal_where_all_are() -> None:
    """By class."""
    labels = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 1]], dtype=np.bool_)

    shown = joined_labels(labels, np.array([[0, 1], [0, 2], [1, 1]]), CODES)

    assert shown.tolist() == [[False, True, False], [True, False, True], [False, True, False]]


@pytest.mark.parametrize("count", [1, 6])
def test_every_recording_loses_as_many_leads(count: int) -> None:
    """Others in each; over many recordings each lead as often as any."""
    lost = random_leads(6000, count, np.random.default_rng(0))

    assert (lost.sum(axis=1) == count).all()
    assert lost.mean(axis=0) == pytest.approx(np.full(12, count / 12), abs=0.03)


@pytest.mark.parametrize(
    ("names", "answered"),
    [
        ((LeadName.V1, LeadName.V2), True),
        ((LeadName.V1, LeadName.V2, LeadName.V3), False),
        ((LeadName.III, LeadName.AVR, LeadName.AVL, LeadName.AVF), True),
        ((LeadName.I, LeadName.III, LeadName.AVR), False),
    ],
)
def test_leads_that_can_be_computed_are_not_counted_as_lost(names: tuple[LeadName, ...], *, answered: bool) -> None:
    """At most two may be masked. III, aVR, aVL and aVF are not, as long as I and II are there."""
    lost = np.array([[name in names for name in ALL_LEADS]])
    rule = SignalRule(maskable_leads=2, greatest_offset_mv=0.05)

    assert is_answered(lost, rule).tolist() == [answered]
    assert is_answered(lost, None).tolist() == [True]
