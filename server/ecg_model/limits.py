"""How fast a recording may be sampled and how long it may be."""

import math

from ecg_model.errors import RefusalReason, refusal

LEAST_SAMPLE_RATE_HZ = 50.0
GREATEST_SAMPLE_RATE_HZ = 2000.0
SHORTEST_SECONDS = 2.5
LONGEST_SECONDS = 600.0


def refuse_no_rate(sample_rate_hz: float) -> None:
    """Check that a rate is one, whether or not it is taken.

    Raises:
        InvalidRecordingError: it is not above 0 and finite.
    """
    if not 0 < sample_rate_hz < math.inf:
        raise refusal(
            RefusalReason.SAMPLE_RATE_INVALID,
            "sample_rate_hz",
            "sample_rate_hz must be above 0 and finite: the samples per second of each lead",
        )


def refuse_extent(sample_count: int, sample_rate_hz: float) -> None:
    """Check the number of samples of each lead and their rate, before anything is done with the samples.

    Raises:
        InvalidRecordingError: the rate or the length is outside what is taken.
    """
    refuse_no_rate(sample_rate_hz)
    if not LEAST_SAMPLE_RATE_HZ <= sample_rate_hz <= GREATEST_SAMPLE_RATE_HZ:
        raise refusal(
            RefusalReason.SAMPLE_RATE_UNSUPPORTED,
            "sample_rate_hz",
            f"sample_rate_hz is {sample_rate_hz:g}; send from {LEAST_SAMPLE_RATE_HZ:g} to {GREATEST_SAMPLE_RATE_HZ:g} "
            "samples per second of each lead",
        )
    seconds = sample_count / sample_rate_hz
    # A sample more or less is a matter of rounding: 2.5 s at 257 Hz are 642 or 643.
    sample = 1 / sample_rate_hz
    if not SHORTEST_SECONDS - sample < seconds < LONGEST_SECONDS + sample:
        remedy = ", a longer one in pieces" if seconds > LONGEST_SECONDS else ""
        raise refusal(
            RefusalReason.SAMPLE_COUNT_UNSUPPORTED,
            "signal",
            f"each lead has {sample_count} samples, {seconds:.4g} s at {sample_rate_hz:g} Hz; send recordings of "
            f"{SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g} s{remedy}",
        )
