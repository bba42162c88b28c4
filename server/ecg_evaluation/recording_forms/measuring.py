"""From a PTB-XL folder and a model to everything that is told of other forms of recordings."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from ecg_client.formats.ptbxl import read_record, read_table
from ecg_evaluation.arrays import Floats
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import DataUsed, ModelUsed
from ecg_evaluation.fold import read_fold
from ecg_evaluation.model_recording import model_recording
from ecg_evaluation.recording_forms.asked import Asked
from ecg_evaluation.recording_forms.damaged import measure_damaged
from ecg_evaluation.recording_forms.findings import RecordingForms
from ecg_evaluation.recording_forms.lead_estimates import second_moments
from ecg_evaluation.recording_forms.long import measure_long
from ecg_evaluation.recording_forms.lost_leads import measure_lost
from ecg_evaluation.recording_forms.originals import originals_of
from ecg_evaluation.recording_forms.rates import (
    compare_leads,
    measure_fast,
    measure_leads,
    measure_slow,
    read_both_rates,
)
from ecg_evaluation.recording_forms.short import measure_paddings, measure_short
from ecg_model.classifier import Classifier

TRAINING_FOLDS = frozenset(range(1, 9))
# Of the folds that train, a ninth tells how leads go together as well as all do.
MOMENTS_STEP = 9

_SOFTWARE = ("ecg-classifier", "numpy")


@dataclass(frozen=True, slots=True)
class FormSettings:
    """How to measure.

    Attributes:
        folds: the recordings to measure on.
        resamples: how often patients are drawn anew for the intervals.
        seed: everything random follows from it.
        part: what the service does not do, and lost leads, are measured on every so-manieth recording, 2 for every
            second.
        damage_part: damage, likewise.
    """

    folds: Sequence[int] = (9,)
    resamples: int = 1000
    seed: int = 0
    part: int = 2
    damage_part: int = 3


def measure_forms(
    folder: Path,
    classifier: Classifier,
    used: ModelUsed,
    settings: FormSettings = FormSettings(),
    on_progress: Callable[[str], None] = lambda _: None,
) -> RecordingForms:
    """Bring recordings into every form, ask a model about them, and measure what it says.

    Args:
        folder: PTB-XL.
        classifier: what is asked.
        used: what is told of it.
        settings: how.
        on_progress: is told in words what is being done.

    Raises:
        UnreadableFileError: the tables or a recording cannot be read.
        EvaluationError: the data lack what is needed, or the model tells a class that PTB-XL does not.
    """
    fold = read_fold(folder, settings.folds)
    asked = Asked(classifier, originals_of(fold, used.class_codes), settings.resamples, settings.seed)
    on_progress("leads and rates")
    originals = asked.against_originals.figures("as they are", "", asked.answers.probabilities, is_served=True)
    both = read_both_rates(folder)
    leads, fast, slow = tuple(measure_leads(asked)), tuple(measure_fast(classifier, both)), tuple(measure_slow(asked))
    on_progress("short recordings")
    short, part = tuple(measure_short(asked)), asked.part(settings.part)
    paddings = tuple(measure_paddings(part))
    on_progress("long recordings")
    long = tuple(measure_long(asked))
    on_progress("lost leads")
    lost = tuple(measure_lost(part, _training_moments(folder, settings.folds)))
    on_progress("damaged leads")
    damaged = tuple(measure_damaged(asked.part(settings.damage_part)))
    rule = classifier.manifest.signal_rule
    return RecordingForms(
        model=used,
        data=DataUsed(
            folds=fold.folds,
            recordings=len(fold.rows),
            patients=len(np.unique(fold.patients())),
            unlabelled=fold.unlabelled,
            refusals={},
            resamples=settings.resamples,
            seed=settings.seed,
        ),
        software={"python": platform.python_version(), **{name: version(name) for name in _SOFTWARE}},
        maskable_leads=None if rule is None else rule.maskable_leads,
        greatest_offset_mv=None if rule is None else rule.greatest_offset_mv,
        originals=originals,
        originals_changed=asked.answers.changed_share,
        leads=leads,
        fast=fast,
        resampled_leads=tuple(compare_leads(both)),
        slow=slow,
        short=short,
        paddings=paddings,
        long=long,
        lost=lost,
        damaged=damaged,
    )


def _training_moments(folder: Path, folds: Sequence[int]) -> Floats:
    rows = read_table(folder, folds=TRAINING_FOLDS - set(folds))[::MOMENTS_STEP]
    if not rows:
        raise EvaluationError(f"{folder} has no recording of other folds that train")
    return second_moments(np.stack([model_recording(read_record(folder, row)).signal for row in rows]))
