"""Damage inflicted on clean recordings, each with the warning it should bring."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Integers
from ecg_model.recording import FloatArray, LeadName
from ecg_model.warning import WarningCode

Inflict = Callable[[FloatArray, np.random.Generator], tuple[FloatArray, Flags]]
"""Takes signals [recording, sample, lead] at 100 Hz; returns them damaged, and which leads are: [recording, lead]."""

_Change = Callable[[FloatArray, np.random.Generator], FloatArray]
"""Takes single leads [recording, sample], each of another recording, and returns them damaged."""

_SAMPLE_RATE_HZ = 100.0
_LEADS = tuple(LeadName)
_DEPENDENT = (LeadName.III, LeadName.AVR, LeadName.AVL, LeadName.AVF)
_WANDER_HZ = (0.15, 0.4)
# What of a muscle's noise lies below half the sample rate.
_MUSCLE_HZ = (20.0, 45.0)
# Where a step may be: away from the ends of the recording.
_STEP_SHARES = (0.2, 0.8)


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage at one strength.

    Attributes:
        name: the kind.
        strength: how much of it, in words; "" where there is but one.
        code: the warning it should bring.
        inflict: does it.
    """

    name: str
    strength: str
    code: WarningCode
    inflict: Inflict


def all_damages() -> tuple[Damage, ...]:
    """Return all damages, those of a kind together, from weak to strong."""
    return (
        Damage("flat at 0 mV", "one lead", WarningCode.SIGNAL_FLAT, _one_lead(_constant(0.0))),
        Damage("flat at 0.5 mV", "one lead", WarningCode.SIGNAL_FLAT, _one_lead(_constant(0.5))),
        Damage("flat for the last half", "one lead", WarningCode.SIGNAL_FLAT, _one_lead(_dead_half)),
        Damage("volts sent as millivolts", "all leads", WarningCode.SIGNAL_FLAT, _all_leads(_scaled(1e-3))),
        Damage("microvolts sent as millivolts", "one lead", WarningCode.SIGNAL_AMPLITUDE, _one_lead(_scaled(1e3))),
        Damage("microvolts sent as millivolts", "all leads", WarningCode.SIGNAL_AMPLITUDE, _all_leads(_scaled(1e3))),
        *_graded("clipped", WarningCode.SIGNAL_CLIPPED, _clipped, (0.9, 0.7, 0.5), "at {:.0%} of the peak"),
        *_graded("wander", WarningCode.SIGNAL_BASELINE_WANDER, _wandering, (1.0, 2.0, 4.0, 6.0), "{:g} mV"),
        *_graded("white noise", WarningCode.SIGNAL_NOISE, _noisy, (0.02, 0.05, 0.1, 0.2), "{:g} mV"),
        *_graded("noise of muscles", WarningCode.SIGNAL_NOISE, _trembling, (0.02, 0.05, 0.1, 0.2), "{:g} mV"),
        *_graded("burst of white noise, 1 s", WarningCode.SIGNAL_NOISE, _bursting, (0.05, 0.1, 0.2), "{:g} mV"),
        *_graded("step", WarningCode.SIGNAL_STEP, _stepping, (0.3, 1.0, 2.0), "{:g} mV"),
        Damage("arm electrodes swapped", "", WarningCode.SIGNAL_ARM_LEADS_SWAPPED, _swap_arms),
        Damage("limb lead too large", "10 %", WarningCode.SIGNAL_LEADS_CONTRADICT, _one_lead(_scaled(1.1), _DEPENDENT)),
        Damage("limb lead too large", "50 %", WarningCode.SIGNAL_LEADS_CONTRADICT, _one_lead(_scaled(1.5), _DEPENDENT)),
        Damage("aVR upside down", "", WarningCode.SIGNAL_LEADS_CONTRADICT, _one_lead(_scaled(-1.0), (LeadName.AVR,))),
        Damage("aVL and aVF exchanged", "", WarningCode.SIGNAL_LEADS_CONTRADICT, _exchange(LeadName.AVL, LeadName.AVF)),
    )


def _graded(
    name: str, code: WarningCode, change: Callable[[float], _Change], strengths: Iterable[float], words: str
) -> Iterable[Damage]:
    for strength in strengths:
        text = words.format(strength).replace("%", " %")
        yield Damage(name, text, code, _one_lead(change(strength)))


def _one_lead(change: _Change, among: tuple[LeadName, ...] = _LEADS) -> Inflict:
    """Return damage to one lead of each recording, drawn among some."""

    def inflict(signals: FloatArray, random: np.random.Generator) -> tuple[FloatArray, Flags]:
        recordings = np.arange(len(signals))
        leads: Integers = random.choice([_LEADS.index(name) for name in among], size=len(signals))
        damaged, which = signals.copy(), np.zeros((len(signals), len(_LEADS)), dtype=np.bool_)
        damaged[recordings, :, leads] = change(signals[recordings, :, leads], random)
        which[recordings, leads] = True
        return damaged, which

    return inflict


def _all_leads(change: _Change) -> Inflict:
    def inflict(signals: FloatArray, random: np.random.Generator) -> tuple[FloatArray, Flags]:
        damaged = np.stack([change(signals[..., lead], random) for lead in range(len(_LEADS))], axis=-1)
        return damaged, np.ones((len(signals), len(_LEADS)), dtype=np.bool_)

    return inflict


def _swap_arms(signals: FloatArray, random: np.random.Generator) -> tuple[FloatArray, Flags]:
    del random
    order = [_LEADS.index(name) for name in (LeadName.I, LeadName.III, LeadName.II, LeadName.AVL, LeadName.AVR)]
    damaged = signals.copy()
    damaged[..., : len(order)] = signals[..., order]
    damaged[..., 0] *= -1
    return damaged, np.ones((len(signals), 1), dtype=np.bool_)


def _exchange(one: LeadName, other: LeadName) -> Inflict:
    columns = [_LEADS.index(one), _LEADS.index(other)]

    def inflict(signals: FloatArray, random: np.random.Generator) -> tuple[FloatArray, Flags]:
        del random
        damaged, which = signals.copy(), np.zeros((len(signals), len(_LEADS)), dtype=np.bool_)
        damaged[..., columns] = signals[..., columns[::-1]]
        which[:, columns] = True
        return damaged, which

    return inflict


def _constant(millivolts: float) -> _Change:
    return lambda leads, _: np.full_like(leads, millivolts)


def _dead_half(leads: FloatArray, random: np.random.Generator) -> FloatArray:
    del random
    half = leads.shape[1] // 2
    return np.concatenate([leads[:, :half], np.zeros_like(leads[:, half:])], axis=1)


def _scaled(factor: float) -> _Change:
    return lambda leads, _: leads * np.float32(factor)


def _clipped(share: float) -> _Change:
    def change(leads: FloatArray, random: np.random.Generator) -> FloatArray:
        del random
        middle = np.median(leads, axis=1, keepdims=True)
        room = np.float32(share) * np.abs(leads - middle).max(axis=1, keepdims=True)
        clipped: FloatArray = np.clip(leads, middle - room, middle + room)
        return clipped

    return change


def _wandering(peak_to_peak_mv: float) -> _Change:
    def change(leads: FloatArray, random: np.random.Generator) -> FloatArray:
        frequencies, phases = random.uniform(*_WANDER_HZ, (len(leads), 1)), random.uniform(size=(len(leads), 1))
        times = np.arange(leads.shape[1]) / _SAMPLE_RATE_HZ
        return _sum(leads, peak_to_peak_mv / 2 * np.sin(2 * np.pi * (frequencies * times + phases)))

    return change


def _noisy(deviation_mv: float) -> _Change:
    return lambda leads, random: _sum(leads, random.normal(0, deviation_mv, leads.shape))


def _trembling(deviation_mv: float) -> _Change:
    """Return noise of the frequencies of muscles, that swells and fades within seconds."""

    def change(leads: FloatArray, random: np.random.Generator) -> FloatArray:
        count = leads.shape[1]
        frequencies = np.fft.rfftfreq(count, 1 / _SAMPLE_RATE_HZ)
        spectrum = np.fft.rfft(random.normal(size=leads.shape))
        noise = np.fft.irfft(spectrum * ((_MUSCLE_HZ[0] <= frequencies) & (frequencies <= _MUSCLE_HZ[1])), count)
        phases = random.uniform(size=(len(leads), 1))
        noise *= 1 + 0.5 * np.sin(2 * np.pi * (0.5 * np.arange(count) / _SAMPLE_RATE_HZ + phases))
        return _sum(leads, deviation_mv * noise / noise.std(axis=1, keepdims=True))

    return change


def _bursting(deviation_mv: float) -> _Change:
    def change(leads: FloatArray, random: np.random.Generator) -> FloatArray:
        starts = random.integers(0, leads.shape[1] - round(_SAMPLE_RATE_HZ), (len(leads), 1))
        since = np.arange(leads.shape[1]) - starts
        within = (since >= 0) & (since < _SAMPLE_RATE_HZ)
        return _sum(leads, within * random.normal(0, deviation_mv, leads.shape))

    return change


def _stepping(millivolts: float) -> _Change:
    def change(leads: FloatArray, random: np.random.Generator) -> FloatArray:
        count = leads.shape[1]
        starts = random.uniform(*_STEP_SHARES, (len(leads), 1)) * count
        signs = random.choice([-1.0, 1.0], (len(leads), 1))
        return _sum(leads, millivolts * signs * (np.arange(count) >= starts))

    return change


def _sum(leads: FloatArray, added: Floats) -> FloatArray:
    return (leads + added).astype(np.float32)
