"""What a signal is judged by: for each fault its code, unit, thresholds and words."""

from dataclasses import dataclass

from ecg_model.recording import LeadName
from ecg_model.signal_quality import (
    amplitude,
    arm_leads,
    baseline_wander,
    clipping,
    flat_line,
    limb_leads,
    noise,
    step,
)
from ecg_model.warning import WarningCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One fault.

    Attributes:
        code: its kind.
        unit: of its figure; "" for a pure number.
        warns_from: the figure from which on it is said.
        unusable_from: the figure from which on a lead had better be replaced by nothing; None: never.
        describe: the fault in words, with {lead} and {measured}.
        remedy: what to do about it.
    """

    code: WarningCode
    unit: str
    warns_from: float
    unusable_from: float | None = None
    describe: str
    remedy: str

    def message(self, lead: LeadName | None, measured: float, where: str = "") -> str:
        """Return the fault in words.

        Args:
            lead: the lead that has it; None: the whole recording.
            measured: its figure, in `unit`.
            where: goes between fault and remedy.
        """
        return f"{self.describe.format(lead=lead, measured=measured)}{where}; {self.remedy}"


CLIPPING = Criterion(
    code=WarningCode.SIGNAL_CLIPPED,
    unit="%",
    warns_from=clipping.WARNS_FROM_PERCENT,
    describe="lead {lead} is clipped: {measured:.2g} % of its samples are cut off at its greatest or least value",
    remedy="check gain and range of the recorder",
)
LIMB_LEADS = Criterion(
    code=WarningCode.SIGNAL_LEADS_CONTRADICT,
    unit="mV",
    warns_from=limb_leads.WARNS_FROM_MV,
    describe="lead {lead} contradicts leads I and II, from which it follows, by {measured:.2g} mV (standard deviation)",
    remedy="check the names, signs and gains of the limb leads",
)
FLAT_LINE = Criterion(
    code=WarningCode.SIGNAL_FLAT,
    unit="%",
    warns_from=flat_line.WARNS_FROM_PERCENT,
    unusable_from=flat_line.UNUSABLE_FROM_PERCENT,
    describe=(
        "lead {lead} is flat {measured:.0f} % of the time: its samples range over less than "
        f"{flat_line.FLAT_RANGE_MV:g} mV within a second"
    ),
    remedy="check the electrode, and that the samples are in millivolts",
)
AMPLITUDE = Criterion(
    code=WarningCode.SIGNAL_AMPLITUDE,
    unit="mV",
    warns_from=amplitude.WARNS_FROM_MV,
    unusable_from=amplitude.UNUSABLE_FROM_MV,
    describe="lead {lead} has an implausible amplitude: its samples range over {measured:.3g} mV",
    remedy="check the electrode, and that the samples are in millivolts",
)
BASELINE_WANDER = Criterion(
    code=WarningCode.SIGNAL_BASELINE_WANDER,
    unit="mV",
    warns_from=baseline_wander.WARNS_FROM_MV,
    describe="the baseline of lead {lead} wanders over {measured:.2g} mV",
    remedy="check the electrode, and record again with the patient at rest",
)
NOISE = Criterion(
    code=WarningCode.SIGNAL_NOISE,
    unit="mV",
    warns_from=noise.WARNS_FROM_MV,
    unusable_from=noise.UNUSABLE_FROM_MV,
    describe="lead {lead} is noisy: {measured:.2g} mV (root mean square) of high-frequency noise between the beats",
    remedy="check the electrode, muscle tremor and mains interference",
)
STEP = Criterion(
    code=WarningCode.SIGNAL_STEP,
    unit="mV",
    warns_from=step.WARNS_FROM_MV,
    describe="the baseline of lead {lead} jumps by {measured:.2g} mV",
    remedy="check the electrode",
)
ARM_LEADS = Criterion(
    code=WarningCode.SIGNAL_ARM_LEADS_SWAPPED,
    unit="",
    warns_from=arm_leads.WARNS_FROM,
    describe=(
        "the electrodes of the arms are likely swapped: lead I is upside down, and V6 goes with aVR rather than with "
        "aVL (figure {measured:.2f}; below 0 where they are not)"
    ),
    remedy="check them; a heart on the right looks alike",
)

AS_SENT = (CLIPPING, LIMB_LEADS)
"""Measured at the rate sent."""

AT_NETWORK_RATE = (FLAT_LINE, AMPLITUDE, BASELINE_WANDER, NOISE, STEP, ARM_LEADS)
"""Measured at the network's rate; the thresholds hold for 100 Hz."""

CRITERIA = AS_SENT + AT_NETWORK_RATE
