"""What the document says beside its figures. No figure is quoted here that could come out otherwise."""

from ecg_evaluation.recording_forms.long import INTERMITTENT, NORMAL_NEIGHBOURS, PAIRS, PIECE_SECONDS
from ecg_evaluation.recording_forms.rates import ENDS, MAINS_MILLIVOLTS
from ecg_model.resampling import CUTOFF, DELAY_SECONDS
from ecg_model.windows import STRIDE, TOLERANCE

MOST_TOLD = 3

INTRODUCTION = """The networks see ten seconds of twelve leads at 100 Hz. Recordings of other forms are brought into
that one, and every change that touches the probabilities is told in a warning. What it costs was measured on
recordings whose findings are known, by bringing them into other forms and sending them the way any recording goes."""

LEADS = """Leads come in any order, each under its name. III, aVR, aVL and aVF follow from I and II (III = II − I,
aVR = −(I + II) / 2, aVL = I − II / 2, aVF = II − I / 2) and are computed where they were not sent; I, II and V1 to
V6 must be there, or the recording is refused. How far probabilities move from those of the same recordings whole:"""

RATES = f"""A recording is cut into windows at its own rate: a window is the whole number of samples nearest to ten
seconds. Each window is then resampled to the network's 1,000 samples: a low-pass at {CUTOFF:.0%} of half the lower rate
(a sinc under a Kaiser window), evaluated where a sample is wanted and run as a matrix product
([why](adr/0008-resampling-is-a-matrix-product.md)). A signal is not filtered otherwise, and one of 100 Hz not at all.
PTB-XL's files at 500 Hz against its own at 100 Hz; and the former with mains: a sine of {MAINS_MILLIVOLTS:g} mV on
every lead."""

LEAD_BY_LEAD = f"""Lead by lead, without {ENDS / 100:g} s at both ends. PTB-XL's files at 100 Hz are cut off at about
45 Hz and lie {DELAY_SECONDS * 1000:.1f} ms behind those at 500 Hz, which the service does as well. The last 0.1 s of
PTB-XL's files at 500 Hz is one constant value, and is not in those at 100 Hz: *with the ends of 100 Hz*, above, is
without that."""

SLOW = """Below 100 Hz something is missing that the network learned from. The same recordings resampled to lower
rates and sent so:"""

SHORT = """A shorter recording is repeated from its start until it fills ten seconds. Pieces of the recordings,
against the whole:"""

OTHER_PADDING = """Other ways to fill ten seconds, with pieces from the middle. Time that runs backwards looks like
disease: what is mirrored has its T wave before its QRS. *On the beat* gives up some of the end so that the seam
fits the beat."""

LONG = f"""A longer recording is seen in windows of ten seconds, the first at its start, the last at its end, evenly
spread, at most {STRIDE * 10:g} s from one to the next (up to {TOLERANCE:.0%} more than ten seconds are one window,
from the middle). The probabilities are the mean over the windows; with `include_windows` each window's own come
too. PTB-XL has no longer recordings, so they are put together: two recordings of one patient, recordings of two
patients ({PAIRS:,} pairs), and any recording followed by {NORMAL_NEIGHBOURS} that are normal ({INTERMITTENT}), for
a finding that shows for a quarter of the time. They show what any part shows, and NORM where all parts do; the
metadata are the first part's. And the recordings themselves are taken apart into pieces of {PIECE_SECONDS:g} s,
each sent on its own. Changes are against the mean."""

OTHER_COMBINATION = """The mean keeps the calibration whatever the number of windows, as long as the recording is
the same throughout. The maximum finds more of what shows in few windows, but its probabilities grow with the length
of the recording, so that a threshold means something else for each length. Who looks for findings that come and go
should ask for the windows and look at the greatest."""

MASKING = """A lead is unusable where its signal is worse than none: flat, absurdly large or hopelessly
noisy ([thresholds](quality.md)). III, aVR, aVL and aVF are then computed from I and II, if those are usable;
other unusable leads are masked. A window with more than {most} masked leads is left out, and a recording with no
window left is refused. An offset of more than {offset:g} mV is taken away. All of that is done for shipped models;
a bare Keras file gets its leads as they are."""

LOST = """The table tells what it costs when leads are lost, however many: *masked* is what the service does, beyond
its limit too; *answered* the share of the recordings in which the loss is within the limit. *Estimated* is an
alternative: the least-squares estimate of the lost leads from those that are left. *At random*: other leads in each
recording."""

DAMAGED = """What damage costs when the network is given it as it is, and as the service treats it. One lead of each
recording, drawn at random, unless the strength says all. *Changed in*: in how many of the answered recordings the
service masked or computed a lead or took an offset away. How often damage is told of is in [quality.md](quality.md)."""

WARNINGS = """Each warning has a code, words, mostly a lead and a figure. These tell what was done to a recording:"""

FIGURES = """In brackets: 95 % bootstrap intervals, from {resamples} resamples of patients (seed {seed}); changes of
macro-AUC (mean of the five classes' areas under the ROC curve) are of the same recordings in the same resamples.
*Bias* is how far a class's mean probability is from the share that shows it, the mean over the classes.
*Calibration error* is the expected calibration error over 15 bins of equal mass, the mean over the classes. The
calibration was fitted on fold 9, which is why the bias of whole recordings is 0 there."""

WEAK = """What this does not tell: short and long recordings here are cut from and put together of ten-second ones
of the same devices; a real hour of an ECG has more in it than a seam. Lost leads are exactly 0 mV, damage is
synthetic. Rates other than 100 and 500 Hz were made by resampling. Figures are of one data set, and of fold 9, on
which calibration and thresholds were chosen."""
