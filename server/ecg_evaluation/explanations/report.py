"""The report on explanations, in Markdown."""

from ecg_evaluation.explanations.figures import ExplanationFigures


def to_markdown(figures: ExplanationFigures, stem: str) -> str:
    """Return the report."""
    return stem + str(figures)
