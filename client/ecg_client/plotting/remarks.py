"""What is written on the page: beside each lead, and above all of them."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from ecg_client.plotting.traces import Trace
from ecg_client.prediction import ClassPrediction, Prediction, PredictionWarning, WarningCode
from ecg_client.recording import LeadName
from ecg_client.wording import abstention_lines, warning_lines

DERIVED = "derived"
# A warning in the few words that there is room for beside a lead; of any other kind, its code in words.
_WORDS: Mapping[str, str] = {
    WarningCode.LEAD_DERIVED: DERIVED,
    WarningCode.SIGNAL_AMPLITUDE: "implausible amplitude",
    WarningCode.SIGNAL_BASELINE_WANDER: "wandering",
    WarningCode.SIGNAL_NOISE: "noisy",
    WarningCode.SIGNAL_STEP: "jumping",
    WarningCode.SIGNAL_LEADS_CONTRADICT: "contradicts I, II",
    WarningCode.SIGNAL_ARM_LEADS_SWAPPED: "arms swapped?",
    WarningCode.SIGNAL_LEAD_MASKED: "masked",
}


def lead_label(lead: LeadName) -> str:
    """Returns a lead's name as it is printed, such as "aVR"."""
    return lead.name.replace("AV", "aV")


def lead_remarks(
    warnings: Iterable[PredictionWarning], traces: Mapping[LeadName, Trace]
) -> dict[LeadName, tuple[str, ...]]:
    """Returns what is to be known of each lead, in few words; leads of which there is nothing to say are left out."""
    said: dict[LeadName, dict[str, None]] = {lead: {} for lead in LeadName}
    for lead, trace in traces.items():
        said[lead].update(dict.fromkeys(_drawn_otherwise(trace)))
    for warning in warnings:
        if warning.lead is not None:
            said[warning.lead][warning_words(warning.code)] = None
    return {lead: tuple(words) for lead, words in said.items() if words}


def masked_leads(warnings: Iterable[PredictionWarning]) -> frozenset[LeadName]:
    """Returns the leads that the network was given 0 mV in place of."""
    return frozenset(
        warning.lead
        for warning in warnings
        if warning.code == WarningCode.SIGNAL_LEAD_MASKED and warning.lead is not None
    )


def origin_line(prediction: Prediction) -> str:
    """Returns which model answered, at which operating point, and how sure it was."""
    parts = [f"Model {prediction.model.name} {prediction.model.version}".rstrip()]
    if prediction.operating_point:
        parts.append(f"operating point {prediction.operating_point}")
    if prediction.uncertainty is not None:
        parts.append(f"uncertainty {prediction.uncertainty:.2f}")
    return " · ".join(parts)


def note_lines(prediction: Prediction, remarks: Iterable[str] = ()) -> list[str]:
    """Returns what there is to say of the whole recording, the weightiest first, each note on one line.

    Why the service abstains; what it did and noticed, warnings of the whole recording before those of single leads; and
    what the reader of the file had to say.
    """
    whole = [warning for warning in prediction.warnings if warning.lead is None]
    of_leads = [warning for warning in prediction.warnings if warning.lead is not None]
    # The first line of an abstention is the banner's.
    abstained = [line.strip() for line in abstention_lines(prediction.abstentions)][1:]
    return [*abstained, *warning_lines(whole), *warning_lines(of_leads), *remarks]


def wrapped(lines: Iterable[str], *, width: int, most: int) -> list[str]:
    """Returns lines of at most `width` characters, at most as many as `most`; the last says how many notes are cut."""
    notes = [textwrap.wrap(one_line(line, len(line) + 1), width, subsequent_indent="   ") for line in lines]
    shown: list[str] = []
    for index, note in enumerate(notes):
        room = most - len(shown) - (index < len(notes) - 1)
        if len(note) > room:
            return [*shown, f"… and {len(notes) - index} more (ecg predict tells them)"]
        shown += note
    return shown


def most_telling(classes: tuple[ClassPrediction, ...], most: int) -> tuple[ClassPrediction, ...]:
    """Returns the classes that there is room for, in the model's order: findings first, then the most probable."""
    chosen = sorted(classes, key=lambda entry: (not entry.is_positive, -entry.probability))[:most]
    return tuple(entry for entry in classes if entry in chosen)


def one_line(text: str, most: int) -> str:
    """Returns a text fit to be drawn: on one line, of at most `most` characters, and with nothing that is no character.

    The last character of a text that was cut is an ellipsis.
    """
    printable = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    return printable if len(printable) <= most else f"{printable[: most - 1]}…"


def _drawn_otherwise(trace: Trace) -> Iterator[str]:
    if trace.is_derived:
        yield DERIVED
    if trace.offset_mv:
        yield f"drawn without its offset of {trace.offset_mv:+.1f} mV".replace("-", "\N{MINUS SIGN}")


def warning_words(code: str) -> str:
    """Returns a kind of warning in the few words that there is room for beside a lead."""
    return _WORDS.get(code, code.removeprefix("SIGNAL_").replace("_", " ").lower())
