"""Recordings of more than ten seconds: PTB-XL has none, so they are put together, and taken apart."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Integers
from ecg_evaluation.recording_forms.asked import Asked
from ecg_evaluation.recording_forms.asking import ask
from ecg_evaluation.recording_forms.combining import COMBINATIONS, NORMAL, SERVED_COMBINATION, combined
from ecg_evaluation.recording_forms.findings import FormFigures
from ecg_evaluation.recording_forms.originals import Originals
from ecg_evaluation.recording_forms.short import POSITIONS, piece

PIECE_SECONDS = 5.0
PAIRS = 1000
INTERMITTENT = 700
NORMAL_NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Joined:
    """Recordings put together from originals, one after the other.

    Attributes:
        form: what they are, in words.
        members: indices of the originals, shape [recording, part].
    """

    form: str
    members: Integers


def measure_long(asked: Asked) -> Iterator[FormFigures]:
    """Yield the figures of each way to combine windows, for each kind of recording."""
    yield from _taken_apart(asked)
    for joined in joined_recordings(asked.originals, asked.class_codes, asked.random(1)):
        if joined.members.size:
            yield from _put_together(asked, joined)


def joined_recordings(
    originals: Originals, class_codes: tuple[str, ...], random: np.random.Generator
) -> tuple[Joined, ...]:
    """Return recordings of one patient, of two patients, and such that show a finding in one part of four at most."""
    only_normal = originals.labels[:, [code == NORMAL for code in class_codes]].any(axis=1)
    only_normal &= originals.labels.sum(axis=1) == 1
    normal = np.flatnonzero(only_normal)
    others = random.permutation(len(originals))[:INTERMITTENT]
    mates = random.permutation(len(originals)), random.permutation(len(originals))
    pairs = np.column_stack(mates)[originals.patients[mates[0]] != originals.patients[mates[1]]]
    return (
        Joined("two recordings of one patient", _of_one_patient(originals.patients)),
        Joined("recordings of two patients", pairs[:PAIRS]),
        Joined(
            "any recording and three normal ones",
            np.column_stack([others, random.choice(normal, (len(others), NORMAL_NEIGHBOURS))]),
        ),
    )


def _of_one_patient(patients: Integers) -> Integers:
    """Return pairs of recordings of one patient, shape [pair, 2]; each recording is in one pair at most."""
    waiting: dict[int, int] = {}
    pairs = []
    for index, patient in enumerate(patients.tolist()):
        if patient in waiting:
            pairs.append((waiting.pop(patient), index))
        else:
            waiting[patient] = index
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def joined_labels(labels: Flags, members: Integers, class_codes: tuple[str, ...]) -> Flags:
    """Return what joined recordings show [recording, class]: normal is what is normal throughout."""
    of_parts = labels[members]
    is_normal = np.array([code == NORMAL for code in class_codes])
    shown: Flags = np.where(is_normal, of_parts.all(axis=1), of_parts.any(axis=1))
    return shown


def _taken_apart(asked: Asked) -> Iterator[FormFigures]:
    """Yield the figures of pieces of one recording, which should together say what the whole says."""
    pieces = [
        ask(asked.classifier, asked.originals.sent_as(piece(asked.originals.signals, PIECE_SECONDS, position)))
        for position in POSITIONS
    ]
    windows = np.stack([one.probabilities for one in pieces], axis=1)
    form = f"{len(pieces)} pieces of {PIECE_SECONDS:g} s of one recording"
    yield from _by_all_rules(asked, form, windows, asked.originals.labels, asked.originals.patients)


def _put_together(asked: Asked, joined: Joined) -> Iterator[FormFigures]:
    originals, members = asked.originals, joined.members
    first = originals.rows(members[:, 0])  # a recording has one patient: the first one's metadata stand for all
    signals = (np.concatenate(originals.signals[parts]) for parts in members)
    windows = ask(asked.classifier, first.sent_as(signals)).windows
    labels = joined_labels(originals.labels, members, asked.class_codes)
    yield from _by_all_rules(asked, joined.form, windows, labels, first.patients)


def _by_all_rules(asked: Asked, form: str, windows: Floats, labels: Flags, patients: Integers) -> Iterator[FormFigures]:
    by_rule = {rule: combined(rule, windows, asked.class_codes) for rule in COMBINATIONS}
    comparison = asked.comparison(labels, patients, by_rule[SERVED_COMBINATION])
    for rule, probabilities in by_rule.items():
        yield comparison.figures(form, rule, probabilities, is_served=rule == SERVED_COMBINATION)
