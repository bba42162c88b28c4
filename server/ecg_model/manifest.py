"""The manifest of a bundle: everything about a model that is not its weights.

Plain frozen dataclasses; `ecg_model.bundle` reads them from `manifest.json`.
"""

import math
from dataclasses import dataclass, field
from typing import Literal

from ecg_model.recording import LeadName

MetadataName = Literal[
    "age_years",
    "sex",
    "height_cm",
    "weight_kg",
    "first_infarction_stage",
    "second_infarction_stage",
    "has_pacemaker",
]

METADATA_UNITS = {"age_years": "year", "height_cm": "cm", "weight_kg": "kg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataFeature:
    """How one value of `PatientMetadata` becomes one number of the network's metadata input.

    Attributes:
        name: the field of `PatientMetadata`.
        imputed: the number the network is given when the value is unknown.
        is_used: False when the network never saw this value: it is then always given `imputed`.
        codes: for a value that is a name, its number; a name without one counts as unknown.
        minimum: a smaller value counts as unknown.
        maximum: a greater value is taken as this one.
    """

    name: MetadataName
    imputed: float
    is_used: bool = True
    codes: dict[str, float] | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpecification:
    """What the network takes.

    Attributes:
        sample_rate_hz: samples per second.
        sample_count: samples of each lead in its window.
        lead_names: the leads in the network's order.
        metadata: the metadata features in the network's order.
        metadata_input: name of the network's metadata input, shape (None, features).
        signal_input: name of the network's signal input, shape (None, samples, leads), in millivolts.
    """

    sample_rate_hz: float
    sample_count: int
    lead_names: tuple[LeadName, ...]
    metadata: tuple[MetadataFeature, ...]
    metadata_input: str
    signal_input: str

    def __post_init__(self) -> None:
        if self.sample_rate_hz <= 0 or self.sample_count <= 0:
            raise ValueError("sample_rate_hz and sample_count must be above 0")

    @property
    def seconds(self) -> float:
        """How much time the network sees."""
        return self.sample_count / self.sample_rate_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How the network's probability of one class becomes the one that is told (Platt scaling).

    Calibrated log odds are `slope` times the network's log odds, plus `intercept`. As it stands it changes nothing.

    Attributes:
        slope: above 0 and finite; under 1 where the network is too sure of itself.
        intercept: finite; above 0 where the network sees the class too rarely.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.slope < math.inf and math.isfinite(self.intercept)):
            raise ValueError(
                f"slope must be above 0 and finite, and intercept finite, not {self.slope} and {self.intercept}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSpecification:
    """One class: its code, its name in words, and how the network's probability of it is calibrated."""

    code: str
    display_name: str
    calibration: Calibration = Calibration()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """Thresholds chosen for one purpose: from them on a probability is a finding.

    Attributes:
        name: what an operator calls it by, such as "f1", "sensitivity-90", "sensitivity-95" or "specificity-95".
        description: one sentence: how its thresholds were chosen, on what data, with what guarantee.
        thresholds: one for each class, in the order of the classes, 0 to 1, compared with the calibrated probability.
    """

    name: str
    description: str
    thresholds: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("an operating point needs a name")
        if not all(0 <= threshold <= 1 for threshold in self.thresholds):
            raise ValueError(f"the thresholds of {self.name} must be from 0 to 1, not {self.thresholds}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRange:
    """What the network has seen of one lead: of each statistic the least and the greatest that counts as familiar.

    Attributes:
        name: the lead.
        deviation_mv: standard deviation of its samples, in millivolts.
        step_deviation_mv: standard deviation of the differences between neighbouring samples, in millivolts.
    """

    name: LeadName
    deviation_mv: tuple[float, float]
    step_deviation_mv: tuple[float, float]

    def __post_init__(self) -> None:
        for least, greatest in (self.deviation_mv, self.step_deviation_mv):
            if not 0 <= least <= greatest < math.inf:
                problem = f"a range of {self.name} must be from 0 on, finite, the least value first"
                raise ValueError(f"{problem}, not {least} to {greatest}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstentionRule:
    """When the model does not stand by its findings.

    Attributes:
        greatest_uncertainty: an uncertainty above it is too great, 0 to 1.
        lead_ranges: one for each lead of the network, in its order: a recording that leaves one is unlike the training
            data. Empty: that is not looked at.
    """

    greatest_uncertainty: float
    lead_ranges: tuple[LeadRange, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.greatest_uncertainty <= 1:
            raise ValueError(f"greatest_uncertainty must be from 0 to 1, not {self.greatest_uncertainty}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRule:
    """What is done to signals that are not fit for the network as they are.

    Attributes:
        maskable_leads: how many leads of a window may be replaced by 0 mV where they are unusable; a window with more
            is left out, and a recording without any other is refused.
        greatest_offset_mv: a lead whose mean is further from 0 has it removed, in millivolts; 0 or more.
    """

    maskable_leads: int
    greatest_offset_mv: float

    def __post_init__(self) -> None:
        if self.maskable_leads < 0 or not self.greatest_offset_mv >= 0:
            raise ValueError("maskable_leads and greatest_offset_mv must be 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSummary:
    """One row of the summary that Keras prints."""

    name: str
    type: str
    output_shape: str
    parameter_count: int
    connected_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSummary:
    """The summary that Keras prints, as text and as rows."""

    text: str
    layers: tuple[LayerSummary, ...]
    parameter_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigure:
    """One figure of quality: its name, its class ("" for all), its value and what it was measured on."""

    name: str
    class_code: str = ""
    value: float
    measured_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A model, less its weights.

    Attributes:
        name: the bundle's name.
        version: its version; "" for a bare Keras file.
        sha256: digest of the Keras file.
        onnx_sha256: digest of the ONNX form derived from it; None: there is none.
        input: what the network takes.
        classes: what it tells, in the order of its outputs.
        operating_points: thresholds for different purposes, at least one; the first is the default.
        abstention: when the model does not stand by its findings; None: it always does.
        signal_rule: what is done to signals that are not fit for the network; None: nothing, they are only warned of.
        summary: what Keras prints of the network.
        quality_figures: how good it is.
        data: what it was trained on.
        training: how it was trained, for the record: seed, epochs and so on.
        software: the versions that trained it.
    """

    name: str
    version: str
    sha256: str
    onnx_sha256: str | None = None
    input: InputSpecification
    classes: tuple[ClassSpecification, ...]
    operating_points: tuple[OperatingPoint, ...]
    abstention: AbstentionRule | None = None
    signal_rule: SignalRule | None = None
    summary: NetworkSummary
    quality_figures: tuple[QualityFigure, ...] = ()
    data: str = ""
    training: dict[str, str | int | float] = field(default_factory=dict)
    software: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [point.name for point in self.operating_points]
        if not names or len(set(names)) < len(names):
            raise ValueError("operating_points needs at least one, each with a name of its own")
        for point in self.operating_points:
            if len(point.thresholds) != len(self.classes):
                raise ValueError(f"operating point {point.name} must have one threshold for each class")
        ranges = self.abstention.lead_ranges if self.abstention is not None else ()
        if ranges and tuple(one.name for one in ranges) != self.input.lead_names:
            raise ValueError("lead_ranges must have one range for each lead of the input, in its order")


DIAGNOSTIC_CLASSES = {
    "NORM": "Normal ECG",
    "MI": "Myocardial infarction",
    "STTC": "ST/T change",
    "CD": "Conduction disturbance",
    "HYP": "Hypertrophy",
}
