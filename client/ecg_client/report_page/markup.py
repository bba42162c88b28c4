"""Text into HTML, and the rows of its tables."""

import html
from collections.abc import Iterable, Iterator

from ecg_client.outcomes import Outcome
from ecg_client.plotting.remarks import lead_label, one_line, warning_words
from ecg_client.prediction import ClassPrediction, Prediction, PredictionWarning
from ecg_client.report_page.thumbnail import HEIGHT, WIDTH
from ecg_client.wording import is_about_quality, problem_text

_MOST_CHARACTERS = 400
_NONE = "\N{EN DASH}"


def escaped(text: str) -> str:
    """Returns a text as HTML shows it, in elements and in quoted attributes; on one line, and not endless."""
    return html.escape(one_line(text, _MOST_CHARACTERS))


def row(number: int, outcome: Outcome, prediction: Prediction, class_codes: Iterable[str], path: str) -> str:
    """Returns a classified recording as a row.

    Args:
        number: Its place in the batch, counted from 1.
        outcome: It.
        prediction: What it shows.
        class_codes: The classes that have columns.
        path: Its thumbnail; empty: it is given none.
    """
    by_code = {entry.code: entry for entry in prediction.classes}
    cells = [
        f'<td class="number" data-k="No.">{number}</td>',
        f'<th scope="row"><bdi>{escaped(outcome.name) or "unnamed"}</bdi></th>',
        f'<td class="trace">{thumbnail(path) if path else ""}</td>',
        *(_probability_cell(code, by_code.get(code)) for code in class_codes),
        f'<td data-k="Findings">{_findings(prediction)}</td>',
        f'<td class="number" data-k="Uncertainty">{_figure(prediction.uncertainty)}</td>',
        f'<td class="notes" data-k="Notes">{"<br>".join(_notes(outcome, prediction))}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>\n"


def problem_row(number: int, outcome: Outcome) -> str:
    """Returns a recording that was not classified as a row: what it is called, and why."""
    why = problem_text(outcome.problem) if outcome.problem is not None else ""
    name = f'<th scope="row"><bdi>{escaped(outcome.name) or "unnamed"}</bdi></th>'
    return f'<tr><td class="number" data-k="No.">{number}</td>{name}<td data-k="Reason">{escaped(why)}</td></tr>\n'


def thumbnail(path: str) -> str:
    """Returns a thumbnail as an image within the page."""
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true"><path d="{path}"/></svg>'


def _probability_cell(code: str, entry: ClassPrediction | None) -> str:
    if entry is None:
        return f'<td data-k="{escaped(code)}">{_NONE}</td>'
    kind = "p finding" if entry.is_positive else "p"
    share = f"--p:{100 * entry.probability:.0f}%"
    return f'<td class="{kind}" style="{share}" data-k="{escaped(code)}">{entry.probability:.3f}</td>'


def _findings(prediction: Prediction) -> str:
    codes = ", ".join(escaped(entry.code) for entry in prediction.findings) or "none"
    return f'{codes} <span class="badge">abstained</span>' if prediction.is_abstained else codes


def _notes(outcome: Outcome, prediction: Prediction) -> Iterator[str]:
    """Why the service abstains, what is wrong with the signal, and what is known of it."""
    yield from (escaped(abstention.message) for abstention in prediction.abstentions)
    by_code: dict[str, list[PredictionWarning]] = {}
    for warning in filter(is_about_quality, prediction.warnings):
        by_code.setdefault(warning.code, []).append(warning)
    for code, alike in by_code.items():
        leads = ", ".join(lead_label(warning.lead) for warning in alike if warning.lead is not None)
        yield f'<span title="{escaped(alike[0].message)}">{escaped(f"{warning_words(code)} {leads}".strip())}</span>'
    if outcome.labels:
        known = ", ".join(code for code, label in outcome.labels.items() if label)
        yield f"labels: {escaped(known) or 'none'}"
    yield from map(escaped, outcome.remarks)


def _figure(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f}"
