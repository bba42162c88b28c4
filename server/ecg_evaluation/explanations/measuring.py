"""From a PTB-XL folder to everything that is told of explanations."""

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from ecg_client.formats.ptbxl import CLASS_CODES, PtbxlRow, read_record, read_table
from ecg_evaluation.arrays import Flags, Floats, Weights
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.explanations.asked import (
    Integrated,
    Subject,
    integrated,
    occluded,
    runs_of,
    subject,
    with_network,
    zeroed_leads,
    zeroed_segments,
)
from ecg_evaluation.explanations.deletion import lead_deletions, left_of, orders, time_deletions
from ecg_evaluation.explanations.figures import (
    CompletenessFigures,
    ContrastFigures,
    DataUsed,
    DeletionFigures,
    ExplanationFigures,
    FillFigures,
    RandomisedFigures,
    WallFigures,
)
from ecg_evaluation.explanations.randomised import rank_correlation, shuffled_network, size_by_chance
from ecg_evaluation.explanations.walls import (
    ANTERIOR,
    WALLS,
    Wall,
    contrast_auc,
    is_greatest_of_wall,
    wall_areas,
    wall_of,
)
from ecg_evaluation.figures import Estimate
from ecg_evaluation.model_recording import model_recording
from ecg_evaluation.resampling import DIGITS, estimate, resample_weights
from ecg_model.bundle import SHIPPED_BUNDLES, read_bundle
from ecg_model.classifier import Classifier
from ecg_model.explanation.integrated_gradients import GREATEST_ERROR
from ecg_model.loading import Runtime, load_classifier
from ecg_model.recording import STANDARD_LEADS

OCCLUSION, ZEROED, GRADIENTS = "occlusion", "occlusion, 0 mV for every lead", "integrated gradients"
LEADS, SEGMENTS = "leads", "half seconds"
INFARCTION = CLASS_CODES.index("MI")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ExplanationSettings:
    """How to measure.

    Attributes:
        model: a shipped bundle's name.
        fold: of PTB-XL.
        infarctions: recordings with an infarction of one wall, at most.
        deletions: recordings with a finding, at most.
        randomised: of those, how many are explained by networks with shuffled weights too.
        networks: such networks.
        resamples: how often patients are drawn anew for the intervals.
        seed: everything random follows from it.
    """

    model: str = "ensemble"
    fold: int = 9
    infarctions: int = 200
    deletions: int = 80
    randomised: int = 20
    networks: int = 3
    resamples: int = 1000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """The model in both runtimes, and the recordings to draw from.

    Attributes:
        folder: PTB-XL.
        rows: the fold's labelled rows, in random order.
        onnx: the model as it is served.
        tensorflow: the same, with gradients.
        settings: how it is measured.
    """

    folder: Path
    rows: tuple[PtbxlRow, ...]
    onnx: Classifier
    tensorflow: Classifier
    settings: ExplanationSettings

    def subjects(self, rows: Iterable[PtbxlRow]) -> Iterator[tuple[PtbxlRow, Subject]]:
        """Yield recordings that the model does not refuse, each when it is asked for."""
        for row in rows:
            one = subject(model_recording(read_record(self.folder, row)), self.onnx)
            if one is not None:
                yield row, one

    def weights(self, rows: Sequence[PtbxlRow]) -> Weights:
        """Return how often each recording was drawn [1 + resample, recording]."""
        patients = np.array([row.patient_id for row in rows], dtype=np.int64)
        return resample_weights(patients, self.settings.resamples, self.settings.seed)


def measure_explanations(
    folder: Path, settings: ExplanationSettings = ExplanationSettings(), on_progress: Progress = lambda _: None
) -> ExplanationFigures:
    """Measure explanations on recordings of PTB-XL.

    Raises:
        UnreadableFileError: the table or a signal cannot be read.
        EvaluationError: there is no recording to measure on.
    """
    rows = [row for row in read_table(folder, folds={settings.fold}) if any(row.labels)]
    np.random.default_rng(settings.seed).shuffle(rows)
    onnx = load_classifier(settings.model, Runtime.ONNX)
    tensorflow = load_classifier(settings.model, Runtime.TENSORFLOW)
    measured = Measured(folder, tuple(rows), onnx, tensorflow, settings)
    infarctions = _infarctions(measured, on_progress)
    findings = _findings(measured, on_progress)
    gradients = [*(one.integrated for one in infarctions), *(one.integrated for one in findings)]
    return ExplanationFigures(
        data=DataUsed(
            fold=settings.fold,
            model=f"{onnx.manifest.name} {onnx.manifest.version}".strip(),
            infarctions=len(infarctions),
            deletions=len(findings),
            randomised=min(settings.randomised, len(findings)),
            networks=settings.networks,
            resamples=settings.resamples,
            seed=settings.seed,
        ),
        software={"python": platform.python_version(), **{one: version(one) for one in ("numpy", "tensorflow")}},
        walls=tuple(_wall_figures(measured, infarctions)),
        contrasts=tuple(_contrast_figures(measured, infarctions)),
        deletions=tuple(_deletion_figures(measured, findings, on_progress)),
        randomised=tuple(_randomised_figures(measured, findings[: settings.randomised], on_progress)),
        completeness=_completeness(gradients),
        fill=_fill(measured, findings),
    )


@dataclass(frozen=True, slots=True)
class _Infarction:
    """An infarction of one wall, explained in each way."""

    row: PtbxlRow
    wall: Wall
    is_found: bool
    changes: dict[str, Floats]
    integrated: Integrated


def _infarctions(measured: Measured, on_progress: Progress) -> list[_Infarction]:
    walls = {row.ecg_id: wall for row in measured.rows if (wall := wall_of(row.statements)) is not None}
    chosen = [row for row in measured.rows if row.ecg_id in walls][: measured.settings.infarctions]
    threshold = measured.onnx.operating_point.thresholds[INFARCTION]
    found: list[_Infarction] = []
    for row, one in measured.subjects(chosen):
        if len(found) % 50 == 0:
            on_progress(f"infarction {len(found)} of {len(chosen)}")
        gradients = integrated(one, INFARCTION, measured.tensorflow)
        changes = {
            OCCLUSION: occluded(one, one.leads, measured.onnx)[:, INFARCTION],
            ZEROED: zeroed_leads(one, measured.onnx)[:, INFARCTION],
            GRADIENTS: gradients.leads,
        }
        is_found = one.probabilities[INFARCTION] >= threshold
        found.append(_Infarction(row, walls[row.ecg_id], is_found, changes, gradients))
    if not found:
        raise EvaluationError(f"{measured.folder} has no infarction of one wall in fold {measured.settings.fold}")
    return found


def _wall_figures(measured: Measured, infarctions: Sequence[_Infarction]) -> Iterator[WallFigures]:
    for found_only in (False, True):
        for wall in WALLS:
            some = [one for one in infarctions if one.wall is wall and (one.is_found or not found_only)]
            for method in (OCCLUSION, ZEROED, GRADIENTS):
                yield _wall_figure(measured, method, wall, some, found_only=found_only)


def _wall_figure(
    measured: Measured, method: str, wall: Wall, some: Sequence[_Infarction], *, found_only: bool
) -> WallFigures:
    area = greatest = None
    if some:
        changes, weights = np.array([one.changes[method] for one in some]), measured.weights([one.row for one in some])
        area = _mean(wall_areas(changes, wall), weights)
        greatest = _mean(is_greatest_of_wall(changes, wall).astype(np.float64), weights)
    return WallFigures(
        method=method,
        wall=wall.name,
        found_only=found_only,
        recordings=len(some),
        area=area,
        greatest=greatest,
        chance=round(len(wall.leads) / len(STANDARD_LEADS), DIGITS),
    )


def _contrast_figures(measured: Measured, infarctions: Sequence[_Infarction]) -> Iterator[ContrastFigures]:
    for found_only in (False, True):
        some = [one for one in infarctions if one.is_found or not found_only]
        for method in (OCCLUSION, ZEROED, GRADIENTS):
            area = _contrast(measured, method, some) if some else None
            yield ContrastFigures(method=method, found_only=found_only, recordings=len(some), area=area)


def _contrast(measured: Measured, method: str, some: Sequence[_Infarction]) -> Estimate | None:
    is_anterior: Flags = np.array([one.wall is ANTERIOR for one in some])
    changes = np.array([one.changes[method] for one in some])
    return estimate(contrast_auc(changes, is_anterior, measured.weights([one.row for one in some])))


@dataclass(frozen=True, slots=True)
class _Finding:
    """A recording, its most probable finding, and what speaks for that, by method and parts."""

    row: PtbxlRow
    one: Subject
    place: int
    changes: dict[tuple[str, str], Floats]
    integrated: Integrated


def _findings(measured: Measured, on_progress: Progress) -> list[_Finding]:
    thresholds = np.array(measured.onnx.operating_point.thresholds)
    found: list[_Finding] = []
    for row, one in measured.subjects(measured.rows):
        if len(found) == measured.settings.deletions:
            break
        positive = np.array(one.probabilities) >= thresholds
        if not positive.any():
            continue
        place = int(np.where(positive, one.probabilities, -1).argmax())
        if len(found) % 50 == 0:
            on_progress(f"finding {len(found)} of {measured.settings.deletions}")
        gradients = integrated(one, place, measured.tensorflow)
        changes = {
            (OCCLUSION, LEADS): occluded(one, one.leads, measured.onnx)[:, place],
            (OCCLUSION, SEGMENTS): occluded(one, one.segments, measured.onnx)[:, place],
            (GRADIENTS, LEADS): gradients.leads,
            (GRADIENTS, SEGMENTS): gradients.segments,
        }
        found.append(_Finding(row, one, place, changes, gradients))
    if not found:
        raise EvaluationError(f"{measured.folder} has no recording with a finding in fold {measured.settings.fold}")
    return found


def _deletion_figures(
    measured: Measured, findings: Sequence[_Finding], on_progress: Progress
) -> Iterator[DeletionFigures]:
    weights, deletions = (
        measured.weights([each.row for each in findings]),
        {LEADS: lead_deletions, SEGMENTS: time_deletions},
    )
    for method in (OCCLUSION, GRADIENTS):
        for parts, delete in deletions.items():
            on_progress(f"deleting {parts} by {method}")
            random = np.random.default_rng(measured.settings.seed)
            left: dict[str, list[float]] = {"first": [], "random": [], "last": []}
            for each in findings:
                for name, order in orders(each.changes[method, parts].tolist(), random).items():
                    steps = delete(each.one.seen, order.tolist())
                    left[name].append(left_of(steps, each.one.seen, each.place, runs_of(measured.onnx)))
            first, at_random, last = (np.array(left[name]) for name in ("first", "random", "last"))
            yield DeletionFigures(
                method=method,
                parts=parts,
                first=_mean(first, weights),
                random=_mean(at_random, weights),
                last=_mean(last, weights),
                gain=_mean(at_random - first, weights),
            )


def _randomised_figures(
    measured: Measured, findings: Sequence[_Finding], on_progress: Progress
) -> Iterator[RandomisedFigures]:
    bundle = read_bundle(SHIPPED_BUNDLES / measured.settings.model)
    others: dict[tuple[str, str], list[list[float]]] = {key: [] for key in findings[0].changes}
    for number in range(measured.settings.networks):
        on_progress(f"shuffled network {number + 1} of {measured.settings.networks}")
        network = shuffled_network(bundle, measured.settings.seed + number)
        classifier = with_network(measured.tensorflow, network)
        of_all = [_changes_by(each, classifier) for each in findings]
        for key, correlations in others.items():
            pairs = zip(findings, of_all, strict=True)
            correlations.append([rank_correlation(each.changes[key], by[key]) for each, by in pairs])
    weights = measured.weights([each.row for each in findings])
    for (method, parts), correlations in others.items():
        found = np.array(correlations)
        count = len(findings[0].changes[method, parts])
        yield RandomisedFigures(
            method=method,
            parts=parts,
            same=_mean(_in_tensorflow(measured, findings, parts), weights) if method == OCCLUSION else None,
            randomised=_mean(found.mean(axis=0), weights),
            size=_mean(np.abs(found).mean(axis=0), weights),
            size_by_chance=round(size_by_chance(count, measured.settings.seed), DIGITS),
        )


def _changes_by(each: _Finding, classifier: Classifier) -> dict[tuple[str, str], Floats]:
    """Return what speaks for a finding, as another network says."""
    probabilities = told_by(each.one, classifier)
    one = Subject(each.one.seen, probabilities)
    gradients = integrated(one, each.place, classifier)
    return {
        (OCCLUSION, LEADS): occluded(one, one.leads, classifier)[:, each.place],
        (OCCLUSION, SEGMENTS): occluded(one, one.segments, classifier)[:, each.place],
        (GRADIENTS, LEADS): gradients.leads,
        (GRADIENTS, SEGMENTS): gradients.segments,
    }


def told_by(one: Subject, classifier: Classifier) -> tuple[float, ...]:
    """Return what another network says of a recording."""
    told = runs_of(classifier).probabilities(one.seen.metadata[np.newaxis], one.seen.signals)
    return tuple(told[0].tolist())


def _in_tensorflow(measured: Measured, findings: Sequence[_Finding], parts: str) -> Floats:
    """Return how alike the explanations of the same network in the two runtimes are [recording]."""
    correlations = []
    for each in findings:
        one = Subject(each.one.seen, told_by(each.one, measured.tensorflow))
        again = occluded(one, one.leads if parts == LEADS else one.segments, measured.tensorflow)[:, each.place]
        correlations.append(rank_correlation(each.changes[OCCLUSION, parts], again))
    return np.array(correlations)


def _completeness(gradients: Sequence[Integrated]) -> CompletenessFigures:
    errors = np.array([one.integral.completeness_error for one in gradients])
    return CompletenessFigures(
        explanations=len(errors),
        median=round(float(np.median(errors)), DIGITS),
        greatest=round(float(errors[errors <= GREATEST_ERROR].max(initial=0)), DIGITS),
        refused=round(float((errors > GREATEST_ERROR).mean()), DIGITS),
        windows=int(np.median([one.windows for one in gradients])),
    )


def _fill(measured: Measured, findings: Sequence[_Finding]) -> FillFigures:
    weights = measured.weights([each.row for each in findings])
    line = [np.abs(occluded(each.one, each.one.segments, measured.onnx)).mean() for each in findings]
    zero = [np.abs(zeroed_segments(each.one, measured.onnx)).mean() for each in findings]
    return FillFigures(line=_mean(np.array(line), weights), zero=_mean(np.array(zero), weights))


def _mean(values: Floats, weights: Weights) -> Estimate | None:
    """Return the mean over recordings."""
    return estimate((weights @ values / weights.sum(axis=1)).astype(np.float64))
