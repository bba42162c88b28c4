"""What programs in many languages are written against: names, types and numbers that must never change."""

import re
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, ServiceDescriptor

from ecg.v1 import ecg_service_pb2, explanation_pb2, model_pb2, prediction_pb2, recording_pb2
from ecg_client import prediction as client_prediction
from ecg_model.errors import RefusalReason
from ecg_model.warning import WarningCode
from ecg_server.status import STATUS_TABLE

FILES = [module.DESCRIPTOR for module in (ecg_service_pb2, explanation_pb2, model_pb2, prediction_pb2, recording_pb2)]
PROTOS = Path(__file__).parents[1] / "protos"
ERRORS = Path(__file__).parents[1] / "docs" / "errors.md"

# As in a .proto file: label, type, name and number of each field.
MESSAGES = {
    "Lead": "LeadName name=1; repeated float millivolts=2",
    "PackedSignal": (
        "repeated LeadName lead_names=1; SampleFormat format=2; double microvolts_per_unit=3; bytes samples=4"
    ),
    "PatientMetadata": (
        "optional float age_years=1; Sex sex=2; optional float height_cm=3; optional float weight_kg=4; "
        "InfarctionStage first_infarction_stage=5; InfarctionStage second_infarction_stage=6; "
        "optional bool has_pacemaker=7"
    ),
    "Recording": (
        "string recording_id=1; PatientMetadata metadata=2; double sample_rate_hz=3; repeated Lead leads=4; "
        "PackedSignal packed_signal=5"
    ),
    "PredictRequest": "Recording recording=1; PredictOptions options=2",
    "PredictOptions": "bool include_windows=1",
    "PredictResponse": "Prediction prediction=1",
    "PredictStreamRequest": "repeated Recording recordings=1; PredictOptions options=2",
    "PredictStreamResponse": "repeated RecordingResult results=1",
    "RecordingResult": (
        "string recording_id=1; int64 sequence_number=2; Prediction outcome.prediction=3; "
        "RecordingError outcome.error=4"
    ),
    "RecordingError": ("int32 code=1; string reason=2; string message=3; repeated FieldViolation field_violations=4"),
    "FieldViolation": "string field=1; string description=2",
    "Prediction": (
        "string recording_id=1; repeated ClassPrediction classes=2; ModelVersion model=3; repeated Warning warnings=4; "
        "string operating_point=5; optional float uncertainty=6; repeated Abstention abstentions=7; "
        "repeated WindowPrediction windows=8"
    ),
    "WindowPrediction": "double offset_seconds=1; repeated float probabilities=2",
    "Abstention": "AbstentionReason reason=1; LeadName lead=2; string message=3",
    "ClassPrediction": (
        "string code=1; string display_name=2; float probability=3; float threshold=4; bool is_positive=5"
    ),
    "ModelVersion": "string name=1; string version=2; string sha256=3",
    "Warning": ("WarningCode code=1; LeadName lead=2; string message=3; optional double measured=4; string unit=5"),
    "ExplainRequest": "Recording recording=1; ExplainOptions options=2",
    "ExplainOptions": (
        "ExplanationMethod method=1; repeated string class_codes=2; bool include_lead_times=3; "
        "optional int32 window=4; string model_version=5"
    ),
    "ExplainResponse": (
        "Prediction prediction=1; repeated ClassExplanation classes=2; ExplanationMethod method=3; "
        "int32 computed_windows=4"
    ),
    "ClassExplanation": (
        "string code=1; string display_name=2; float probability=3; repeated LeadAttribution leads=4; "
        "repeated TimeAttribution times=5; repeated MetadataAttribution metadata=6; "
        "optional float baseline_probability=7; optional float completeness_error=8"
    ),
    "LeadAttribution": "LeadName lead=1; float probability_change=2; repeated float time_probability_changes=3",
    "TimeAttribution": "double offset_seconds=1; double duration_seconds=2; float probability_change=3",
    "MetadataAttribution": "string field=1; float probability_change=2",
    "ModelSummaryRequest": "",
    "ModelSummaryResponse": (
        "string summary_text=1; ModelVersion model=2; repeated LayerSummary layers=3; int64 parameter_count=4; "
        "repeated string class_codes=5; InputSpecification input=6; Limits limits=7; "
        "repeated QualityFigure quality_figures=8; repeated OperatingPoint operating_points=9; "
        "optional float greatest_uncertainty=10"
    ),
    "InputSpecification": (
        "double sample_rate_hz=1; int32 sample_count=2; repeated LeadName lead_names=3; "
        "repeated string metadata_fields=4; repeated LeadName required_lead_names=5"
    ),
    "Limits": (
        "int64 max_message_bytes=1; int32 max_recording_id_bytes=2; double min_sample_rate_hz=3; "
        "double max_sample_rate_hz=4; double min_duration_seconds=5; double max_duration_seconds=6"
    ),
    "OperatingPoint": "string name=1; string description=2; repeated ClassThreshold thresholds=3; bool is_active=4",
    "ClassThreshold": "string class_code=1; float threshold=2",
}

ENUMS = {
    "LeadName": "UNSPECIFIED=0 I=1 II=2 III=3 AVR=4 AVL=5 AVF=6 V1=7 V2=8 V3=9 V4=10 V5=11 V6=12",
    "SampleFormat": "UNSPECIFIED=0 INT16_LE=1 FLOAT32_LE=2",
    "Sex": "UNSPECIFIED=0 MALE=1 FEMALE=2",
    "InfarctionStage": "UNSPECIFIED=0 UNKNOWN=1 I=2 I_II=3 II=4 II_III=5 III=6",
    "ExplanationMethod": "UNSPECIFIED=0 OCCLUSION=1 INTEGRATED_GRADIENTS=2",
    "AbstentionReason": "UNSPECIFIED=0 UNCERTAIN=1 UNFAMILIAR=2",
    "WarningCode": (
        "UNSPECIFIED=0 METADATA_IMPUTED=1 METADATA_IGNORED=2 LEAD_DERIVED=3 RESAMPLED=4 RECORDING_PADDED=5 "
        "RECORDING_COMBINED=6 SIGNAL_FLAT=16 SIGNAL_CLIPPED=17 SIGNAL_AMPLITUDE=18 SIGNAL_BASELINE_WANDER=19 "
        "SIGNAL_NOISE=20 SIGNAL_STEP=21 SIGNAL_LEADS_CONTRADICT=22 SIGNAL_ARM_LEADS_SWAPPED=23 "
        "SIGNAL_LEAD_MASKED=24 SIGNAL_WINDOW_LEFT_OUT=25 SIGNAL_OFFSET_REMOVED=26"
    ),
}

METHODS = {
    "Predict": ("PredictRequest", False, "PredictResponse", False),
    "PredictStream": ("PredictStreamRequest", True, "PredictStreamResponse", True),
    "Explain": ("ExplainRequest", False, "ExplainResponse", False),
    "ModelSummary": ("ModelSummaryRequest", False, "ModelSummaryResponse", False),
}


def message_named(name: str) -> Descriptor:
    """Return the message of the contract with this name, whatever file it is in."""
    (message,) = (file.message_types_by_name[name] for file in FILES if name in file.message_types_by_name)
    return message


def enum_named(name: str) -> EnumDescriptor:
    """Return the enum of the contract with this name, whatever file it is in."""
    (enum,) = (file.enum_types_by_name[name] for file in FILES if name in file.enum_types_by_name)
    return enum


def service() -> ServiceDescriptor:
    """Return the service."""
    return ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"]


def written(field: FieldDescriptor) -> str:
    """Return a field as a .proto file would have it, with the name of its oneof before its own."""
    kinds = {
        number: name.removeprefix("TYPE_").lower()
        for name, number in vars(FieldDescriptor).items()
        if name.startswith("TYPE_")
    }
    reference = field.message_type or field.enum_type
    kind = reference.name if reference else kinds[field.type]
    oneof = field.containing_oneof
    is_optional = oneof is not None and oneof.name == f"_{field.name}"
    label = "repeated " if field.is_repeated else "optional " if is_optional else ""
    owner = f"{oneof.name}." if oneof is not None and not is_optional else ""
    return f"{label}{kind} {owner}{field.name}={field.number}"


@pytest.mark.parametrize("name", MESSAGES)
def test_the_fields_of_a_message_are_as_published(name: str) -> None:
    """Every published field is there with its label, its type, its name and its number; there may be more."""
    published = [field for field in MESSAGES[name].split("; ") if field]

    assert [written(field) for field in message_named(name).fields][: len(published)] == published


@pytest.mark.parametrize("name", ENUMS)
def test_the_values_of_an_enum_are_as_published(name: str) -> None:
    """Every published value is there under its prefixed name; there may be more."""
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()
    published = [f"{prefix}_{value}" for value in ENUMS[name].split()]

    assert [f"{value.name}={value.number}" for value in enum_named(name).values][: len(published)] == published


def test_the_client_and_the_model_know_every_warning() -> None:
    """Each kind has one name, wherever it is spoken of."""
    prefix = "WARNING_CODE_"
    names = {value.name.removeprefix(prefix) for value in enum_named("WarningCode").values if value.number}

    assert {code.name for code in client_prediction.WarningCode} == names
    assert {code.name for code in WarningCode} == names


def test_the_methods_of_the_service_are_as_published() -> None:
    """Names, messages and which sides stream."""
    assert service().full_name == "ecg.v1.EcgService"
    assert {
        method.name: (
            method.input_type.name,
            method.client_streaming,
            method.output_type.name,
            method.server_streaming,
        )
        for method in service().methods
    }.items() >= METHODS.items()


def test_the_contract_imports_nothing_but_itself() -> None:
    """So that one include path suffices in every language."""
    for path in sorted(PROTOS.rglob("*.proto")):
        imports = re.findall(r'^import "(.+)";', path.read_text(encoding="utf-8"), re.MULTILINE)
        assert all(name.startswith("ecg/v1/") for name in imports)


@pytest.mark.parametrize("path", sorted(PROTOS.rglob("*.proto")), ids=lambda path: path.name)
def test_every_file_has_what_other_languages_need(path: Path) -> None:
    """Go and Java cannot do without these options, and adding them later breaks whoever generated without."""
    text = path.read_text(encoding="utf-8")

    assert "package ecg.v1;" in text
    for option in ("go_package = ", "java_package = ", "java_multiple_files = true"):
        assert f"option {option}" in text


def test_every_reason_is_documented() -> None:
    """What a program can branch on is in docs/errors.md, and nothing that does not exist is."""
    reasons = {*RefusalReason, *(reason for _, reason in STATUS_TABLE.values() if reason), "INTERNAL"}
    documented = set(re.findall(r"^\|(?: [A-Z_]+ \(\d+\) \|)? `([A-Z_]+)` \|", ERRORS.read_text("utf-8"), re.MULTILINE))

    assert documented == reasons


def test_every_status_is_documented_with_its_number() -> None:
    """Each status of the table stands beside its reason."""
    text = ERRORS.read_text(encoding="utf-8")

    for code, reason in STATUS_TABLE.values():
        assert f"{code.name} ({code.value[0]})" in text
        if reason:
            assert f"| {code.name} ({code.value[0]}) | `{reason}` |" in text
