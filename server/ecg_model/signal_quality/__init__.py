"""What is wrong with a signal: a figure for every fault, lead and window, and from which figure on it is said.

A file for each fault holds one measuring function and its thresholds. `criteria` names the faults, `assessment`
measures them and puts them into words, `identical_leads` tells a signal that is no ECG of eight leads.

All measuring functions take float32 millivolts [window, sample, lead], finite, and give float32 [window, lead] (faults
of the whole recording: [window, 1]). Greater is worse, and no figure is ever NaN: where a figure overflows it is
`figures.WORST`. Leads are those of `ecg_model.recording.LeadName`, in that order. The figures are those of
`python -m ecg_evaluation.signal_quality`, which writes docs/quality.md.
"""
