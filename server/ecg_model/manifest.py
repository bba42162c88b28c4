"""The manifest of a bundle: everything about a model that is not its weights.

Plain frozen dataclasses; `ecg_model.bundle` reads them from `manifest.json`.
"""

from dataclasses import dataclass, field
from typing import Literal

from ecg_model.recording import InfarctionStage, LeadName, Sex

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSpecification:
    """One class: its code, its name in words, and the probability from which it is a finding."""

    code: str
    display_name: str
    threshold: float

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"the threshold of {self.code} must be from 0 to 1")


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
        operating_point: how the thresholds were chosen.
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
    operating_point: str
    summary: NetworkSummary
    quality_figures: tuple[QualityFigure, ...] = ()
    data: str = ""
    training: dict[str, str | int | float] = field(default_factory=dict)
    software: dict[str, str] = field(default_factory=dict)


DIAGNOSTIC_CLASSES = {
    "NORM": "Normal ECG",
    "MI": "Myocardial infarction",
    "STTC": "ST/T change",
    "CD": "Conduction disturbance",
    "HYP": "Hypertrophy",
}

# The conventions of a Keras file that comes without a manifest: an unknown value is 0, as in the data it learned from.
BARE_METADATA = (
    MetadataFeature(name="age_years", imputed=0),
    MetadataFeature(name="sex", imputed=0, codes={Sex.MALE: 0, Sex.FEMALE: 1}),
    MetadataFeature(name="height_cm", imputed=0, minimum=50),
    MetadataFeature(name="weight_kg", imputed=0),
    MetadataFeature(
        name="first_infarction_stage",
        imputed=0,
        codes={
            InfarctionStage.UNKNOWN: 0,
            InfarctionStage.I: 1,
            InfarctionStage.I_II: 2,
            InfarctionStage.II: 3,
            InfarctionStage.II_III: 4,
            InfarctionStage.III: 5,
        },
    ),
    MetadataFeature(
        name="second_infarction_stage",
        imputed=0,
        codes={
            InfarctionStage.UNKNOWN: 0,
            InfarctionStage.I: 1,
            InfarctionStage.II: 2,
            InfarctionStage.III: 3,
        },
    ),
    MetadataFeature(name="has_pacemaker", imputed=0),
)


def bare_input(metadata_input: str, signal_input: str) -> InputSpecification:
    """Return what a Keras file without a manifest takes, whose inputs have these names."""
    return InputSpecification(
        sample_rate_hz=100,
        sample_count=1000,
        lead_names=tuple(LeadName),
        metadata=BARE_METADATA,
        metadata_input=metadata_input,
        signal_input=signal_input,
    )


def bare_classes() -> tuple[ClassSpecification, ...]:
    """Return the classes of a Keras file without a manifest, each with the threshold 0.5."""
    return tuple(
        ClassSpecification(code=code, display_name=display_name, threshold=0.5)
        for code, display_name in DIAGNOSTIC_CLASSES.items()
    )
