"""Damage does what its name says, and nothing else."""

import numpy as np
import pytest

from ecg_client.formats.synthetic import generate_recordings
from ecg_evaluation.arrays import Flags
from ecg_evaluation.signal_quality.damages import Damage, all_damages
from ecg_evaluation.signal_quality.harmless import harmless_changes
from ecg_model.recording import FloatArray

DAMAGES = all_damages()


def names(damage: Damage) -> str:
    """Return its name for the list of tests."""
    return f"{damage.name} {damage.strength}".rstrip()


@pytest.fixture(scope="module")
def clean() -> FloatArray:
    """Synthetic ECGs in millivolts [recording, sample, lead]."""
    return np.stack([recording.signal for recording in generate_recordings(20)]).astype(np.float32) / 1000


def inflicted(name: str, strength: str, signals: FloatArray) -> tuple[FloatArray, Flags]:
    """Inflict the damage of that name and strength."""
    (damage,) = [one for one in DAMAGES if (one.name, one.strength) == (name, strength)]
    return damage.inflict(signals, np.random.default_rng(0))


@pytest.mark.parametrize("damage", DAMAGES, ids=names)
def test_only_the_leads_that_are_told_are_damaged(clean: FloatArray, damage: Damage) -> None:
    """The others stay to the last bit, and so does what was given."""
    before = clean.copy()
    damaged, which = damage.inflict(clean, np.random.default_rng(0))
    changed = (damaged != clean).any(axis=1)

    assert damaged.dtype == np.float32
    assert damaged.shape == clean.shape
    assert clean.tobytes() == before.tobytes()
    assert which.any(axis=1).all()
    if which.shape[1] > 1:
        np.testing.assert_array_equal(changed, which)


@pytest.mark.parametrize("damage", DAMAGES, ids=names)
def test_equal_seeds_damage_alike(clean: FloatArray, damage: Damage) -> None:
    """Everything random follows from the seed."""
    one, other = (damage.inflict(clean, np.random.default_rng(7))[0] for _ in range(2))

    assert one.tobytes() == other.tobytes()


def test_names_and_strengths_tell_damages_apart() -> None:
    """No two rows of the report are alike."""
    assert len({(damage.name, damage.strength) for damage in DAMAGES}) == len(DAMAGES)


def test_swapped_arms_obey_einthoven(clean: FloatArray) -> None:
    """As they do when two electrodes change places: I turns, II and III, aVR and aVL change places."""
    damaged, which = inflicted("arm electrodes swapped", "", clean)

    assert which.shape == (20, 1)
    np.testing.assert_array_equal(damaged[..., 0], -clean[..., 0])
    np.testing.assert_array_equal(damaged[..., [2, 1, 4, 3]], clean[..., [1, 2, 3, 4]])
    np.testing.assert_array_equal(damaged[..., 5:], clean[..., 5:])
    np.testing.assert_allclose(damaged[..., 1] - damaged[..., 0], damaged[..., 2], atol=0.002)


def test_a_step_stays(clean: FloatArray) -> None:
    """It is as high as its name says, at one place between 2 and 8 s."""
    damaged, which = inflicted("step", "2 mV", clean)
    difference = (damaged - clean).swapaxes(1, 2)[which]
    starts = (difference != 0).argmax(axis=1)

    np.testing.assert_allclose(np.abs(difference[:, -1]), 2, rtol=1e-5)
    assert (difference[:, 0] == 0).all()
    assert starts.min() >= 200
    assert starts.max() <= 800


@pytest.mark.parametrize("name", ["white noise", "noise of muscles"])
def test_noise_has_the_deviation_of_its_name(clean: FloatArray, name: str) -> None:
    """To within a tenth."""
    damaged, which = inflicted(name, "0.1 mV", clean)

    np.testing.assert_allclose((damaged - clean).swapaxes(1, 2)[which].std(axis=1), 0.1, rtol=0.1)


def test_clipping_leaves_that_share_of_the_peak(clean: FloatArray) -> None:
    """As a distance from the median."""
    damaged, which = inflicted("clipped", "at 50 % of the peak", clean)
    before, after = clean.swapaxes(1, 2)[which], damaged.swapaxes(1, 2)[which]
    middle = np.median(before, axis=1, keepdims=True)

    np.testing.assert_allclose(np.abs(after - middle).max(axis=1), 0.5 * np.abs(before - middle).max(axis=1), rtol=1e-5)


def test_harmless_changes_keep_the_form(clean: FloatArray) -> None:
    """As many samples, and those of a repeated recording come again."""
    changes = harmless_changes()
    for change in changes.values():
        changed = change(clean)
        assert (changed.shape, changed.dtype) == (clean.shape, clean.dtype)
    repeated = changes["first 2.5 s, repeated"](clean)

    np.testing.assert_array_equal(repeated[:, 250:500], clean[:, :250])
    np.testing.assert_array_equal(repeated[:, :250], clean[:, :250])
    assert np.abs(changes["rounded to 5 µV"](clean) - clean).max() <= 0.0026
