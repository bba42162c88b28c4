"""What an evaluation found: plain frozen dataclasses, written to `evaluation.json` and read back from it.

Every share, area and error is from 0 to 1.
"""

from dataclasses import dataclass

from ecg_evaluation.figures import (
    CalibrationError,
    Estimate,
    GroupFigures,
    MetadataFigures,
    OperatingPointFigures,
    RankingFigures,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsed:
    """What was measured.

    Attributes:
        name: the bundle's name, or that of the bare Keras file.
        version: the bundle's version; "" for a bare file.
        sha256: SHA-256 of the Keras file, in hexadecimal.
        manifest_sha256: SHA-256 of the bundle's manifest.json; None for a bare file and for a server, which has none or
            does not tell.
        runtime: what ran the network, a name of `ecg_model.loading.Runtime`; None for a server.
        class_codes: what it tells, in its order.
        served_by: "classifier" (bundle and classifier in this process) or "server" (over gRPC).
    """

    name: str
    version: str
    sha256: str
    manifest_sha256: str | None = None
    runtime: str | None = None
    class_codes: tuple[str, ...]
    served_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUsed:
    """What it was measured on: recordings of PTB-XL with at least one diagnostic class.

    Attributes:
        folds: `strat_fold` of the recordings.
        recordings: recordings that count in the figures.
        patients: patients they come from.
        unlabelled: recordings left out because none of their statements is diagnostic.
        refusals: recordings left out because the model refused them, with any of the metadata: how many, by reason.
        resamples: how often patients were drawn anew for the intervals.
        seed: what everything random followed from.
    """

    folds: tuple[int, ...]
    recordings: int
    patients: int
    unlabelled: int
    refusals: dict[str, int]
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """A fifteenth of the recordings, of neighbouring probability.

    Attributes:
        recordings: how many.
        probability: their mean probability of the class.
        share: the share of them that show it.
        expected_low: 2.5 % of bins of these probabilities would have a smaller share, were they exactly right.
        expected_high: 2.5 % a greater one.
    """

    recordings: int
    probability: float
    share: float
    expected_low: float
    expected_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationFigures:
    """How well the probabilities of a class are calibrated.

    Attributes:
        class_code: the class, or MACRO.
        served: of the probabilities as served.
        cross_fitted: of probabilities whose calibration was fitted on other patients; None where too few recordings
            show the class to fit one.
        bins: of the probabilities as served, from small to great; none for MACRO.
    """

    class_code: str
    served: CalibrationError
    cross_fitted: CalibrationError | None
    bins: tuple[ReliabilityBin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLeak:
    """How much PTB-XL's infarction stages give away: counts of recordings, unlabelled ones among them.

    Attributes:
        folds: the folds that were counted.
        staged: recordings with a stage.
        staged_infarctions: of those, the ones that show MI.
        unstaged: recordings without a stage.
        unstaged_infarctions: of those, the ones that show MI.
    """

    folds: tuple[int, ...]
    staged: int
    staged_infarctions: int
    unstaged: int
    unstaged_infarctions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageFigures:
    """What remains when only the most certain recordings are answered.

    Attributes:
        coverage: the share of recordings that is answered.
        recordings: how many those are.
        risk: the share of wrong class decisions among them.
        macro_auc: over them.
        macro_auc_change: that less the macro-AUC of all recordings. In every resample both are computed anew, and the
            most certain chosen anew.
    """

    coverage: float
    recordings: int
    risk: float
    macro_auc: Estimate | None
    macro_auc_change: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstentionFigures:
    """How often the model does not stand by its findings.

    Attributes:
        reason: one that occurs, such as "UNCERTAIN"; "any" is for one reason or another.
        recordings: how many.
        share: of all recordings.
    """

    reason: str
    recordings: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyFigures:
    """How well the uncertainty orders errors: wrong class decisions at the active operating point.

    Attributes:
        area: under the risk-coverage curve; less is better.
        perfect_area: were the recordings ordered by their errors.
        random_area: were they in no order: the risk of answering all.
        coverages: when all are answered, and fewer.
        abstentions: by reason, then "any".
        answered: of the recordings without abstention.
    """

    area: Estimate | None
    perfect_area: float
    random_area: float
    coverages: tuple[CoverageFigures, ...]
    abstentions: tuple[AbstentionFigures, ...]
    answered: CoverageFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All that an evaluation found.

    Attributes:
        model: what was measured.
        data: on what.
        software: versions of what computed it.
        ranking: each class, then MACRO.
        operating_points: all of the model's, in its order.
        calibration: each class, then MACRO.
        groups: by sex, age, device and signal quality.
        metadata: with the metadata in the data, with none, and with the infarction stages too.
        uncertainty: None where the model tells none.
        stage_leaks: of the folds evaluated, and of the folds that train (1 to 8).
    """

    model: ModelUsed
    data: DataUsed
    software: dict[str, str]
    ranking: tuple[RankingFigures, ...]
    operating_points: tuple[OperatingPointFigures, ...]
    calibration: tuple[CalibrationFigures, ...]
    groups: tuple[GroupFigures, ...]
    metadata: tuple[MetadataFigures, ...]
    uncertainty: UncertaintyFigures | None
    stage_leaks: tuple[StageLeak, ...]

    @property
    def active_point(self) -> OperatingPointFigures:
        """The operating point that was served."""
        return next(point for point in self.operating_points if point.is_active)
