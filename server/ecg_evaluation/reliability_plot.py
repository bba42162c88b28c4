"""Draws whether probabilities come true: for each class the share with it over the probability."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ecg_evaluation.evaluation import CalibrationFigures, Evaluation
from ecg_evaluation.tables import figure, fold_names

_COLUMNS = 3
_PANEL_INCHES = 3.2
_DOTS_PER_INCH = 100


def write_reliability_plot(evaluation: Evaluation, path: Path) -> None:
    """Write the plot as a PNG: a panel for each class."""
    classes = [one for one in evaluation.calibration if one.bins]
    rows = -(-len(classes) // _COLUMNS)
    drawing = Figure(figsize=(_COLUMNS * _PANEL_INCHES, rows * _PANEL_INCHES), layout="constrained")
    FigureCanvasAgg(drawing)
    panels = [panel for row in drawing.subplots(rows, _COLUMNS, squeeze=False) for panel in row]
    for panel, one in zip(panels, classes, strict=False):
        _draw(panel, one)
    for panel in panels[len(classes) :]:
        panel.set_axis_off()
    panels[0].legend(loc="upper left", fontsize="small")
    model = evaluation.model
    drawing.suptitle(f"{model.name} {model.version}, PTB-XL fold {fold_names(evaluation.data.folds)}")
    drawing.savefig(path, dpi=_DOTS_PER_INCH, metadata={"Software": None})


def _draw(panel: Axes, calibration: CalibrationFigures) -> None:
    bins = calibration.bins
    probabilities = [one.probability for one in bins]
    panel.plot([0, 1], [0, 1], color="0.6", linewidth=0.8)
    panel.vlines(
        probabilities,
        [one.expected_low for one in bins],
        [one.expected_high for one in bins],
        color="0.75",
        linewidth=5,
        label="95 % if calibrated",
    )
    panel.plot(probabilities, [one.share for one in bins], "o-", markersize=3, linewidth=1, label="as served")
    panel.set(
        title=f"{calibration.class_code}: error {figure(calibration.served.error)}",
        xlabel="probability",
        ylabel="share with the class",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
        aspect="equal",
    )
