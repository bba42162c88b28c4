import numpy as np

from ecg_evaluation.recording_forms.asking import ask, masking_all, without_rule
from ecg_model.classifier import Classifier
from ecg_model.recording import FloatArray, LeadName, Recording

ALL = tuple(LeadName)


def ecg(seconds: float = 10.0, rate_hz: float = 100.0) -> FloatArray:
    """Return waves that no rule minds, whose limb leads go together."""
    time = np.arange(round(seconds * rate_hz))[:, np.newaxis] / rate_hz
    one, two, *chest = (0.3 * np.sin(2 * np.pi * (1.3 * time + np.arange(8) / 8))).T
    limb = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    return np.column_stack([*limb, *chest]).astype(np.float32)


def recording(signal: FloatArray, rate: float = 100.0) -> Recording:
    """Return a recording of twelve leads."""
    return Recording(signal, rate, ALL)


def without(signal: FloatArray, *names: LeadName) -> FloatArray:
    """Return a signal in which some leads are flat."""
    return np.where([name in names for name in ALL], np.float32(0), signal)


def test_each_recording_has_its_probabilities_and_those_of_its_windows(heights: Classifier) -> None:
    """More than one batch of them; twenty seconds are three windows, whose mean is the recording's."""
    answers = ask(heights, [recording(ecg(20))] * 20)

    assert answers.probabilities.shape == (20, 5)
    assert answers.windows.shape == (20, 3, 5)
    np.testing.assert_allclose(answers.windows.mean(axis=1), answers.probabilities, rtol=1e-6)
    assert answers.answered.all()


def test_a_refused_recording_has_none(heights: Classifier) -> None:
    """Three chest leads are lost, of which two may be; the recordings beside it are answered."""
    hopeless = without(ecg(), LeadName.V1, LeadName.V2, LeadName.V3)
    answers = ask(heights, [recording(ecg()), recording(hopeless), recording(ecg())])

    assert answers.answered.tolist() == [True, False, True]
    assert np.isnan(answers.probabilities[1]).all()
    assert np.isnan(answers.windows[1]).all()
    assert answers.changed_share == 0


def test_what_was_done_to_leads_is_told(heights: Classifier) -> None:
    """Masked, computed from others, or an offset taken away; not that it was resampled."""
    signals = [
        ecg(),
        without(ecg(), LeadName.V1),
        without(ecg(), LeadName.AVL),
        ecg() + np.float32(0.5),
    ]
    answers = ask(heights, [*map(recording, signals), recording(ecg(rate_hz=200), 200)])

    assert answers.changed.tolist() == [False, True, True, True, False]
    assert answers.changed_share == 0.6


def test_the_limit_can_be_lifted_and_the_rule_left_out(heights: Classifier) -> None:
    """Without a limit all chest leads are masked; without the rule nothing is changed, whatever it is."""
    hopeless = recording(without(ecg(), *ALL[6:]) + np.float32(0.5))

    assert ask(masking_all(heights), [recording(without(ecg(), *ALL[6:]))]).changed.all()
    unchanged = ask(without_rule(heights), [hopeless])
    assert unchanged.answered.all()
    assert not unchanged.changed.any()
