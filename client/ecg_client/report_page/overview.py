"""What stands above the table: how many recordings, with what findings, by which model."""

import collections
import dataclasses
from collections.abc import Iterator

from ecg_client.plotting.remarks import origin_line, warning_words
from ecg_client.prediction import ClassPrediction, Prediction
from ecg_client.report import Report
from ecg_client.report_page.markup import escaped

_FINDINGS_NOTE = "A recording may have several. Those that the service abstains from are counted."


@dataclasses.dataclass(slots=True)
class Origins:
    """Which models answered, and the classes of the first.

    Attributes:
        classes: A prediction of each class, for its name and threshold; empty while there was none.
        counts: How many recordings each model answered, by its name, version, digest and operating point.
    """

    classes: tuple[ClassPrediction, ...] = ()
    counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)

    def add(self, prediction: Prediction) -> None:
        """Notes who answered."""
        self.classes = self.classes or prediction.classes
        bare = dataclasses.replace(prediction, uncertainty=None)
        self.counts[f"{origin_line(bare)} · SHA-256 {prediction.model.sha256[:12]}"] += 1


def overview(report: Report, origins: Origins) -> Iterator[str]:
    """Returns the sections above the table, piece by piece."""
    classified = report.count - report.problem_count
    yield '<section class="cards">'
    yield _card("recordings", report.count)
    yield _card("classified", classified)
    yield _card("not classified", report.problem_count, is_warning=True)
    yield _card("abstained", report.abstained_count, is_warning=True)
    yield '</section>\n<div class="figures">\n'
    if origins.classes:
        yield from _findings(report, origins, classified)
    if report.warned_counts:
        yield from _list("Signal quality: recordings warned of", _quality_lines(report))
    yield from _list("Labels", list(report.auc_lines()))
    yield from _list("Remarks on the files", list(report.remark_lines()))
    yield from _list("Model", [f"{origin} ({count} recordings)" for origin, count in origins.counts.items()])
    yield "</div>\n"


def _card(name: str, count: int, *, is_warning: bool = False) -> str:
    kind = "card warn" if is_warning and count else "card"
    return f'<p class="{kind}"><b>{count:,}</b> {name}</p>'


def _findings(report: Report, origins: Origins, classified: int) -> Iterator[str]:
    yield '<section><h2>Findings</h2><table class="findings"><tbody>'
    for entry in origins.classes:
        count = report.finding_counts[entry.code]
        # An interruption may fall between a row and its being counted.
        share = 100 * count / max(classified, 1)
        yield (
            f'<tr><th scope="row">{escaped(entry.code)}</th><td>{escaped(entry.display_name)}</td>'
            f'<td class="number">{count:,}</td><td class="bar" style="--p:{share:.1f}%">{share:.1f} %</td>'
            f"<td>threshold {entry.threshold:.3f}</td></tr>"
        )
    yield f"</tbody></table><p>{_FINDINGS_NOTE}</p></section>\n"


def _quality_lines(report: Report) -> list[str]:
    return [f"{warning_words(code)}: {count}" for code, count in report.warned_counts.most_common()]


def _list(heading: str, lines: list[str]) -> Iterator[str]:
    if lines:
        items = "".join(f"<li>{escaped(line)}</li>" for line in lines)
        yield f"<section><h2>{escaped(heading)}</h2><ul>{items}</ul></section>\n"
