"""The document on what may be sent and what it costs, in Markdown."""

from ecg_evaluation.recording_forms import prose
from ecg_evaluation.recording_forms.findings import RecordingForms
from ecg_evaluation.recording_forms.form_tables import (
    agreement_table,
    change,
    damage_table,
    find,
    form_table,
    lead_table,
    lost_leads,
    lost_table,
    padding_table,
    rule_table,
)
from ecg_evaluation.recording_forms.short import COMPARED_POSITION, LENGTHS_SECONDS
from ecg_evaluation.recording_forms.warning_words import other_warnings, warning_table
from ecg_evaluation.sections import paragraphs
from ecg_evaluation.tables import figure, fold_names, interval, percent, table
from ecg_model.leads import INDEPENDENT_LEADS
from ecg_model.limits import GREATEST_SAMPLE_RATE_HZ, LEAST_SAMPLE_RATE_HZ, LONGEST_SECONDS, SHORTEST_SECONDS

COMMAND = "python -m ecg_evaluation.recording_forms"


def to_markdown(findings: RecordingForms, json_name: str) -> str:
    """Return the document.

    Args:
        findings: what was measured.
        json_name: where the figures lie, as a link from the document.
    """
    return (
        paragraphs(
            "# What may be sent, and what it costs",
            f"<!-- Written by `{COMMAND}` from {json_name}. Do not edit. -->",
            "Not a medical device: no diagnosis, treatment or triage may rest on these figures.",
            prose.INTRODUCTION,
            _overview(findings),
            "## Leads",
            prose.LEADS,
            agreement_table(findings.leads),
            "## Rates",
            prose.RATES,
            agreement_table(findings.fast),
            prose.LEAD_BY_LEAD,
            lead_table(findings.resampled_leads),
            prose.SLOW,
            form_table("rate", findings.slow),
            "## Less than ten seconds",
            prose.SHORT,
            form_table("length, and from where in the recording", findings.short),
            prose.OTHER_PADDING,
            padding_table(findings.paddings),
            "## More than ten seconds",
            prose.LONG,
            rule_table(findings.long),
            prose.OTHER_COMBINATION,
            "## Lost and unusable leads",
            _masking_rule(findings),
            prose.LOST,
            lost_table(findings.lost),
            "## Damaged leads",
            prose.DAMAGED,
            damage_table(findings.damaged),
            "## Warnings",
            prose.WARNINGS,
            warning_table(),
            f"All others tell of a fault that the network was given as it is: {other_warnings()}.",
            "## How it was measured",
            _how(findings),
            prose.WEAK,
        )
        + "\n"
    )


def _overview(findings: RecordingForms) -> str:
    most_by_leads = max(one.greatest for one in findings.leads)
    rows = (
        (
            "leads",
            f"any order; at least {', '.join(INDEPENDENT_LEADS)}",
            "put in order; III, aVR, aVL and aVF computed from I and II",
            f"nothing: no probability moves by more than {most_by_leads:g}",
        ),
        (
            "rate",
            f"{LEAST_SAMPLE_RATE_HZ:g} to {GREATEST_SAMPLE_RATE_HZ:,g} Hz",
            "resampled to 100 Hz",
            f"from 500 Hz nothing; at {LEAST_SAMPLE_RATE_HZ:g} Hz {change(findings.slow[0])}",
        ),
        (
            "less than 10 s",
            f"from {SHORTEST_SECONDS:g} s on",
            "repeated to fill 10 s",
            ", ".join(f"{_cost_of_length(findings, seconds)} at {seconds:g} s" for seconds in LENGTHS_SECONDS),
        ),
        (
            "more than 10 s",
            f"up to {LONGEST_SECONDS:g} s",
            "seen in windows of 10 s that overlap by half; the probabilities are their mean",
            "nothing where a finding lasts; what shows for a few seconds only is found less often",
        ),
        ("unusable leads", _most_masked(findings), "masked", _cost_of_lost(findings)),
    )
    costs = f"cost in macro-AUC, of {interval(findings.originals.macro_auc)}"
    return table(("", "what may be sent", "what becomes of it", costs), rows)


def _cost_of_length(findings: RecordingForms, seconds: float) -> str:
    return change(find(findings.short, f"{seconds:g} s, {COMPARED_POSITION}"))


def _most_masked(findings: RecordingForms) -> str:
    return "any number" if findings.maskable_leads is None else f"at most {findings.maskable_leads} in ten seconds"


def _cost_of_lost(findings: RecordingForms) -> str:
    counts = range(1, 1 + min(findings.maskable_leads or 1, prose.MOST_TOLD))
    return ", ".join(
        f"{change(lost_leads(findings, f'{count} at random').masked)} for {count} at random" for count in counts
    )


def _masking_rule(findings: RecordingForms) -> str:
    if findings.maskable_leads is None:
        return "This model has no rule for them: unusable leads are warned of, and given to the network as they are."
    return prose.MASKING.format(most=findings.maskable_leads, offset=findings.greatest_offset_mv)


def _how(findings: RecordingForms) -> str:
    model, data, originals = findings.model, findings.data, findings.originals
    software = ", ".join(f"{name} {number}" for name, number in findings.software.items())
    return paragraphs(
        f"`{model.name}` {model.version}, through the classifier that the server runs"
        f"{f', with {model.runtime}' if model.runtime else ''}, on PTB-XL fold {fold_names(data.folds)} at 100 Hz: "
        f"{data.recordings:,} recordings of {data.patients:,} patients that show at least one class, metadata as in "
        f"the data, no infarction stages. As they are: macro-AUC {interval(originals.macro_auc)}, bias "
        f"{figure(originals.bias)}, calibration error {figure(originals.calibration_error)}; "
        f"in {percent(findings.originals_changed)} of them a lead was masked, computed, or had an offset taken away.",
        f"Other paddings and lost leads: {findings.paddings[0].recordings:,} of the recordings; damage: "
        f"{findings.damaged[0].left.recordings:,}; against the same ones as they are.",
        prose.FIGURES.format(resamples=data.resamples, seed=data.seed),
        f"Computed with {software}.",
        "To measure again, in about a quarter of an hour on one core: "
        f"`{COMMAND} PTBXL_FOLDER --document docs/recordings.md`.",
    )
