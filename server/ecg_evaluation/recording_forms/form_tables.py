"""Tables of the figures of recordings in other forms, in Markdown."""

from collections.abc import Iterable, Iterator, Sequence

from ecg_evaluation.recording_forms.findings import (
    Agreement,
    DamageFigures,
    FormFigures,
    LeadAgreement,
    LostFigures,
    RecordingForms,
)
from ecg_evaluation.tables import DASH, figure, interval, percent, signed_interval, table

_LONG_DECIMALS = 4
_FIGURES = ("macro-AUC", "change of it", "class that loses most", "bias", "calibration error")


def form_table(first: str, forms: Sequence[FormFigures]) -> str:
    """Return all figures of each form, one by one."""
    return table((first, *_FIGURES), ((one.form, *_figures(one)) for one in forms))


def rule_table(forms: Sequence[FormFigures]) -> str:
    """Return all figures of each rule for each form."""
    return table(("recordings", "rule", *_FIGURES), ((one.form, _rule(one), *_figures(one)) for one in forms))


def padding_table(forms: Sequence[FormFigures]) -> str:
    """Return what each way to lengthen costs: a row for each rule, a pair of columns for each length."""
    lengths = list(dict.fromkeys(one.form for one in forms))
    header = ("rule", *(f"{length}: {what}" for length in lengths for what in ("change", "bias")))
    return table(header, _padding_rows(forms))


def _padding_rows(forms: Sequence[FormFigures]) -> Iterator[tuple[str, ...]]:
    for name in dict.fromkeys(_rule(one) for one in forms):
        of_rule = [one for one in forms if _rule(one) == name]
        yield (name, *(text for one in of_rule for text in (signed_interval(one.change), figure(one.bias))))


def agreement_table(agreements: Iterable[Agreement]) -> str:
    """Return how far probabilities are apart."""
    return table(
        ("sent as", "recordings", "greatest difference of a probability", "mean difference"),
        ((one.form, str(one.recordings), f"{one.greatest:g}", f"{one.mean:g}") for one in agreements),
    )


def lead_table(leads: Iterable[LeadAgreement]) -> str:
    """Return how well resampled leads agree with PTB-XL's own."""
    return table(
        ("lead", "median correlation", "least", "mean difference, mV"),
        (
            (one.lead, *(figure(value, _LONG_DECIMALS) for value in (one.median, one.least, one.difference_mv)))
            for one in leads
        ),
    )


def lost_table(lost: Iterable[LostFigures]) -> str:
    """Return what lost leads cost, masked and estimated."""
    header = (
        "lost",
        "answered",
        "masked: change",
        "class that loses most",
        "bias",
        "estimated: change",
        "class that loses most",
        "bias",
    )
    rows = (
        (
            one.leads,
            percent(one.answered),
            *(
                text
                for each in (one.masked, one.estimated)
                for text in (signed_interval(each.change), _loss(each), figure(each.bias))
            ),
        )
        for one in lost
    )
    return table(header, rows)


def damage_table(damaged: Iterable[DamageFigures]) -> str:
    """Return what damage costs, left as it is and as served."""
    header = ("damage", "strength", "left: change", "bias", "served: change", "bias", "changed in", "refused")
    rows = (
        (
            one.name,
            one.strength,
            *(text for each in (one.left, one.served) for text in (signed_interval(each.change), figure(each.bias))),
            percent(one.changed),
            percent(one.served.refused / one.served.recordings),
        )
        for one in damaged
    )
    return table(header, rows)


def find(forms: Iterable[FormFigures], form: str) -> FormFigures:
    """Return the figures of one form."""
    return next(one for one in forms if one.form == form)


def lost_leads(findings: RecordingForms, leads: str) -> LostFigures:
    """Return the figures of one set of lost leads."""
    return next(one for one in findings.lost if one.leads == leads)


def change(one: FormFigures) -> str:
    """Return a change of macro-AUC without its interval."""
    return DASH if one.change is None else f"{one.change.value:+.3f}"


def _figures(one: FormFigures) -> tuple[str, ...]:
    return (
        interval(one.macro_auc),
        signed_interval(one.change),
        _loss(one),
        figure(one.bias),
        figure(one.calibration_error),
    )


def _loss(one: FormFigures) -> str:
    if one.greatest_class_loss is None:
        return DASH
    code, lost = one.greatest_class_loss
    return f"{code} {lost:+.3f}"


def _rule(one: FormFigures) -> str:
    return f"**{one.rule}** (served)" if one.is_served else one.rule
