"""What was found of recordings in other forms: plain frozen dataclasses, written to JSON and read back from it.

Every share, area and error is from 0 to 1.
"""

from dataclasses import dataclass

from ecg_evaluation.evaluation import DataUsed, ModelUsed
from ecg_evaluation.figures import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFigures:
    """How good the probabilities of recordings in one form are.

    Attributes:
        form: of the recordings, in words.
        rule: what was made of them before the network saw them, or of what it said; in words.
        is_served: whether that is what the service does.
        recordings: how many were sent.
        refused: how many of them were refused; the other figures are of the rest, and None where there is none.
        class_aucs: of each class; None where too few recordings show it, or do not.
        macro_auc: their mean.
        change: that less the macro-AUC of what they are compared with: the same recordings, in the same resamples.
        greatest_class_loss: the class whose AUC falls most, and its change; None where none falls.
        bias: mean over the classes of how far the mean probability is from the share that shows the class.
        calibration_error: expected calibration error, 15 bins of equal mass, the mean over the classes.
    """

    form: str
    rule: str
    is_served: bool
    recordings: int
    refused: int
    class_aucs: tuple[float | None, ...]
    macro_auc: Estimate | None
    change: Estimate | None
    greatest_class_loss: tuple[str, float] | None
    bias: float | None
    calibration_error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far the probabilities of the same recordings in two forms are apart.

    Attributes:
        form: the one; the other is ten seconds of twelve leads at 100 Hz.
        recordings: how many were sent in both.
        greatest: greatest distance of two probabilities of a class.
        mean: mean distance.
    """

    form: str
    recordings: int
    greatest: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadAgreement:
    """How a lead resampled from 500 Hz by the service agrees with PTB-XL's own at 100 Hz, without the ends.

    Attributes:
        lead: its name.
        median: median correlation over the recordings.
        least: the least.
        difference_mv: mean distance of the samples, in millivolts.
    """

    lead: str
    median: float
    least: float
    difference_mv: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LostFigures:
    """What it costs when leads are lost.

    Attributes:
        leads: which, in words.
        answered: share of the recordings that the service would answer; it refuses where too many leads are lost.
        masked: when the service masks them or computes them from leads I and II, in all recordings.
        estimated: when they are estimated from all leads that are left.
    """

    leads: str
    answered: float
    masked: FormFigures
    estimated: FormFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageFigures:
    """What damage to a signal costs.

    Attributes:
        name: the kind of damage.
        strength: how much of it, in words; "" where there is but one.
        left: when the network is given the damaged signal.
        served: when it is given what the service makes of it.
        changed: share of the answered recordings in which a lead is masked, computed, or has an offset taken away.
    """

    name: str
    strength: str
    left: FormFigures
    served: FormFigures
    changed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingForms:
    """All that was measured.

    Attributes:
        model: what was asked.
        data: about which recordings.
        software: versions of what computed it.
        maskable_leads: how many leads of a window the service masks at most; None: it masks none.
        greatest_offset_mv: offset from which on it is removed, in millivolts; None: none is.
        originals: the recordings as they are.
        originals_changed: share of them in which a lead is masked, computed, or has an offset taken away.
        leads: with leads in another order, and eight leads only, against the originals.
        fast: PTB-XL's recordings at 500 Hz, against its own at 100 Hz.
        resampled_leads: the same, lead by lead.
        slow: at rates below that of the network, against the originals.
        short: pieces of the recordings, against the originals.
        paddings: pieces filled up by several rules, against the originals.
        long: longer recordings; against the mean over the windows, which is served.
        lost: recordings without some leads, against the originals.
        damaged: recordings with damaged leads, against the originals.
    """

    model: ModelUsed
    data: DataUsed
    software: dict[str, str]
    maskable_leads: int | None
    greatest_offset_mv: float | None
    originals: FormFigures
    originals_changed: float
    leads: tuple[Agreement, ...]
    fast: tuple[Agreement, ...]
    resampled_leads: tuple[LeadAgreement, ...]
    slow: tuple[FormFigures, ...]
    short: tuple[FormFigures, ...]
    paddings: tuple[FormFigures, ...]
    long: tuple[FormFigures, ...]
    lost: tuple[LostFigures, ...]
    damaged: tuple[DamageFigures, ...]
