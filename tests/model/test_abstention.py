"""When a model does not stand by its findings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ecg_model.abstention import Abstainer, Abstention, AbstentionReason
from ecg_model.manifest import AbstentionRule, LeadRange
from ecg_model.recording import FloatArray, LeadName

RANGES = tuple(LeadRange(name=name, deviation_mv=(0.125, 2), step_deviation_mv=(0.125, 2)) for name in LeadName)
RULE = AbstentionRule(greatest_uncertainty=0.6, lead_ranges=RANGES)

uncertainties = st.floats(0, 1, width=32)


def usual(count: int = 1) -> FloatArray:
    """Return signals whose every lead is in its range."""
    return np.random.default_rng(0).normal(size=(count, 1000, 12), scale=0.5).astype(np.float32)


def reasons(uncertainty: float, signal: FloatArray, rule: AbstentionRule | None = RULE) -> tuple[Abstention, ...]:
    """Return why a model abstains from one recording."""
    (result,) = abstained(rule, np.array([uncertainty], dtype=np.float32), signal)
    return result


def abstained(
    rule: AbstentionRule | None, uncertainties: FloatArray, signals: FloatArray
) -> list[tuple[Abstention, ...]]:
    """Return why a model abstains from recordings of one window each, of which everything is looked at."""
    nothing = np.zeros(signals.shape[::2], dtype=np.bool_)
    return Abstainer(rule)(uncertainties, signals, nothing, [1] * len(signals))


def test_a_model_without_a_rule_never_abstains() -> None:
    """However unsure it is, and however odd the signal."""
    assert reasons(1.0, usual() * 1000, rule=None) == ()


@given(uncertainties)
def test_it_abstains_above_the_greatest_uncertainty_alone(uncertainty: float) -> None:
    """At it the model still stands by its findings; the two are compared as the float32 that a caller sees."""
    found = reasons(uncertainty, usual())

    assert [one.reason for one in found] == [AbstentionReason.UNCERTAIN] * bool(uncertainty > np.float32(0.6))
    assert all(one.lead is None for one in found)


def test_an_unfamiliar_lead_is_named_with_what_was_measured_and_what_is_usual() -> None:
    """One reason for each such lead, in the order of the leads."""
    signal = usual()
    signal[..., 7] *= 1000
    signal[..., 2] = 0
    flat, large = reasons(0.1, signal)

    assert (flat.reason, flat.lead) == (AbstentionReason.UNFAMILIAR, LeadName.III)
    assert (large.reason, large.lead) == (AbstentionReason.UNFAMILIAR, LeadName.V2)
    assert flat.message == (
        "lead III is unlike the training data: standard deviation of its samples 0 mV (0.125 to 2 mV is usual), "
        "of the steps from one to the next 0 mV (0.125 to 2 mV is usual)"
    )


def test_a_rule_without_ranges_looks_at_no_signal() -> None:
    """Then only the uncertainty counts."""
    assert reasons(0.1, usual() * 1000, AbstentionRule(greatest_uncertainty=0.6)) == ()


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_each_recordings_reasons_are_its_own(batch: list[tuple[bool, bool]]) -> None:
    """In any mixture: the unsure are UNCERTAIN, the odd UNFAMILIAR, and nobody else is either."""
    signals = usual(len(batch))
    for index, (_, is_odd) in enumerate(batch):
        signals[index] *= 1000 if is_odd else 1
    unsure = np.array([0.75 if is_unsure else 0.5 for is_unsure, _ in batch], dtype=np.float32)

    for (is_unsure, is_odd), found in zip(batch, abstained(RULE, unsure, signals), strict=True):
        kinds = [one.reason for one in found]
        assert kinds.count(AbstentionReason.UNCERTAIN) == is_unsure
        assert kinds.count(AbstentionReason.UNFAMILIAR) == 12 * is_odd


def test_a_lead_that_is_odd_in_several_windows_is_named_once() -> None:
    """By the first of them; the next recording has its own reasons."""
    signals = usual(3)
    signals[[0, 1, 2], :, [4, 4, 5]] *= 1000
    sure = np.zeros(2, dtype=np.float32)

    two_windows, one_window = Abstainer(RULE)(sure, signals, np.zeros((3, 12), dtype=np.bool_), [2, 1])
    assert [one.lead for one in two_windows] == [LeadName.AVL]
    assert [one.lead for one in one_window] == [LeadName.AVF]


def test_what_is_known_not_to_be_a_signal_is_no_reason() -> None:
    """A lead that was masked has been warned of already."""
    signal = usual()
    signal[..., 8] = 0
    ignored = np.zeros((1, 12), dtype=np.bool_)
    ignored[0, 8] = True

    assert Abstainer(RULE)(np.zeros(1, dtype=np.float32), signal, ignored, [1]) == [()]
