"""What each warning says was done, and whether that changes the probabilities."""

from ecg_evaluation.tables import table
from ecg_model.warning import WarningCode

DONE = {
    WarningCode.METADATA_IMPUTED: "the network was given a value in place of an unknown one",
    WarningCode.METADATA_IGNORED: "a value was sent that this network does not use",
    WarningCode.LEAD_DERIVED: "a lead was not sent, or not usable, and was computed from I and II",
    WarningCode.RESAMPLED: "the signal was brought to the network's rate",
    WarningCode.RECORDING_PADDED: "the recording was repeated to fill ten seconds",
    WarningCode.RECORDING_COMBINED: "the probabilities are the mean over several windows",
    WarningCode.SIGNAL_LEAD_MASKED: "an unusable lead was replaced",
    WarningCode.SIGNAL_WINDOW_LEFT_OUT: "windows with too many unusable leads do not count",
    WarningCode.SIGNAL_OFFSET_REMOVED: "a lead's offset was taken away",
}
"""Warnings of what was done. All others only tell of a fault that the network was given as it is."""

_NOTHING_CHANGED = {WarningCode.METADATA_IGNORED}


def warning_table() -> str:
    """Return each kind of warning of something done, and whether the probabilities are others for it."""
    return table(
        ("warning", "what was done", "changes probabilities"),
        ((f"`{code.name}`", words, "no" if code in _NOTHING_CHANGED else "yes") for code, words in DONE.items()),
    )


def other_warnings() -> str:
    """Return the names of the warnings that only tell of a fault."""
    return ", ".join(f"`{code.name}`" for code in WarningCode if code not in DONE)
