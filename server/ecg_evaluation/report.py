"""The report of one evaluation, in Markdown."""

from ecg_evaluation.evaluation import Evaluation
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
from ecg_evaluation.tables import fold_names

WAYS = {
    "classifier": "its bundle, through the classifier that the server runs",
    "server": "a running server, over gRPC",
}


def to_markdown(evaluation: Evaluation, reliability_plot: str) -> str:
    """Return the report.

    Args:
        evaluation: what was found.
        reliability_plot: where the plot lies, as a link from the report.
    """
    model = evaluation.model
    name = f"{model.name} {model.version}".strip()
    software = ", ".join(f"{package} {version}" for package, version in evaluation.software.items())
    return (
        paragraphs(
            f"# {name} on PTB-XL fold {fold_names(evaluation.data.folds)}",
            "Not a medical device: no diagnosis, treatment or triage may rest on these figures.",
            f"Measured on {WAYS[model.served_by]}{f', with {model.runtime}' if model.runtime else ''}. "
            f"SHA-256 of the Keras file: `{model.sha256}`.",
            data_section(evaluation),
            "## Figures",
            figures_section(evaluation),
            "## Operating points",
            operating_points_section(evaluation),
            "## Calibration",
            calibration_section(evaluation),
            f"![Share with the class over probability, for each class]({reliability_plot})",
            "## Metadata",
            metadata_section(evaluation),
            "## Infarction stages",
            stage_section(evaluation),
            "## Uncertainty",
            uncertainty_section(evaluation),
            "## Groups",
            groups_section(evaluation),
            f"Computed with {software}.",
        )
        + "\n"
    )
