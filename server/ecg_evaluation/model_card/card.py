"""Puts the model card together."""

from collections.abc import Sequence

from ecg_evaluation.model_card import prose
from ecg_evaluation.model_card.shipped import ShippedModel
from ecg_evaluation.model_card.weaknesses import weak_groups, worst_class
from ecg_evaluation.sections import (
    calibration_section,
    data_section,
    figures_section,
    groups_section,
    metadata_section,
    operating_points_section,
    paragraphs,
    stage_section,
    uncertainty_section,
)
from ecg_evaluation.tables import interval, table
from ecg_model.manifest import Manifest


def model_card(models: Sequence[ShippedModel], evaluations_link: str) -> str:
    """Return the card in Markdown.

    Args:
        models: the bundles that ship, the default first.
        evaluations_link: folder of the evaluations, as a link from the card.
    """
    default = models[0]
    parts = (
        prose.INTRODUCTION,
        "## Intended use",
        prose.INTENDED_USE,
        "## Not for",
        prose.NOT_FOR,
        "## The models",
        _models_table(models),
        f"`{default.manifest.name}` is served unless another is named (`ecg-server --model NAME`).",
        "## Data and licence",
        prose.DATA,
        "## Label rule",
        prose.LABEL_RULE,
        "## How it was measured",
        data_section(default.evaluation),
        prose.OPTIMISM,
        "## Infarction stages give the answer away",
        stage_section(default.evaluation),
        prose.STAGES,
        "## Known failures",
        prose.KNOWN_FAILURES,
        *(_weaknesses(model) for model in models),
        *(_model_part(model, evaluations_link) for model in models),
    )
    return paragraphs(*parts) + "\n"


def _models_table(models: Sequence[ShippedModel]) -> str:
    rows = (
        (
            f"`{model.manifest.name}`",
            model.manifest.version,
            f"{model.manifest.summary.parameter_count:,}",
            interval(model.evaluation.ranking[-1].auc),
        )
        for model in models
    )
    return table(("bundle", "version", "parameters", "macro-AUC"), rows)


def _weaknesses(model: ShippedModel) -> str:
    return paragraphs(
        f"With `{model.manifest.name}`: {worst_class(model.evaluation)}",
        weak_groups(model.evaluation),
    )


def _model_part(model: ShippedModel, evaluations_link: str) -> str:
    evaluation, name = model.evaluation, model.manifest.name
    return paragraphs(
        f"## Figures of `{name}` {model.manifest.version}",
        figures_section(evaluation),
        f"### Operating points of `{name}`",
        operating_points_section(evaluation),
        f"### Calibration of `{name}`",
        calibration_section(evaluation),
        f"![Share with the class over probability, for each class]({evaluations_link}/{model.stem}.png)",
        f"### `{name}` with and without metadata",
        metadata_section(evaluation),
        f"### Uncertainty of `{name}`",
        uncertainty_section(evaluation),
        f"### Groups, with `{name}`",
        groups_section(evaluation),
        f"### Versions and digests of `{name}`",
        _versions(model),
        f"Everything above: [{model.stem}.json]({evaluations_link}/{model.stem}.json).",
    )


def _versions(model: ShippedModel) -> str:
    manifest = model.manifest
    calibrations = ", ".join(
        f"{one.code} {one.calibration.slope:g} · log odds {one.calibration.intercept:+g}" for one in manifest.classes
    )
    facts = {
        "Keras file, SHA-256": f"`{manifest.sha256}`",
        "ONNX file, SHA-256": f"`{manifest.onnx_sha256}`",
        "manifest, SHA-256": f"`{model.evaluation.model.manifest_sha256}`",
        "measured with": str(model.evaluation.model.runtime),
        "learned from": manifest.data,
        "training": ", ".join(f"{name} {value}" for name, value in manifest.training.items()),
        "software": ", ".join(f"{name} {version}" for name, version in manifest.software.items()),
        "calibration": calibrations,
        "abstains": _abstention(manifest),
    }
    return "\n".join(f"* {name}: {value}" for name, value in facts.items())


def _abstention(manifest: Manifest) -> str:
    rule = manifest.abstention
    if rule is None:
        return "never"
    unlike = ", or where a lead is unlike the training data" if rule.lead_ranges else ""
    return f"where the uncertainty is above {rule.greatest_uncertainty:g}{unlike}"
