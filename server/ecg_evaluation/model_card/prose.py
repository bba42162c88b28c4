"""What the model card says that is not computed. Counts of records are those of the table of folds 1 to 9."""

INTRODUCTION = """\
# Model card

<!-- Written by `make model-card` from docs/evaluation and the manifests of the shipped bundles. Do not edit. -->

**Not a medical device.** No diagnosis, no treatment and no triage may rest on what these models say."""

INTENDED_USE = """\
Research, teaching, and the development of software around ECGs: trying out and testing services, sorting large
collections of recordings for people who then look at them, comparing methods.

A model takes ten seconds of a standard 12-lead ECG at rest, at 100 Hz, and gives each of five diagnostic classes a
probability: NORM (normal ECG), MI (myocardial infarction), STTC (ST/T change), CD (conduction disturbance), HYP
(hypertrophy). The classes do not exclude each other. What is known of the patient may be told: age, sex, height,
weight, pacemaker; all of it may be unknown."""

NOT_FOR = """\
* Diagnosis, treatment, triage, screening or monitoring, alone or as an aid.
* Rhythm: atrial fibrillation, extrasystoles and the like are no class of their own, and may pass as normal.
* Pacing spikes, late potentials, and whatever else lies above 50 Hz: at 100 Hz the signal does not hold it.
* Anything but the twelve standard leads at rest: wearables, single leads, exercise, long-term recordings.
* Children: of 19,528 recordings with a known age 120 are of patients under 18, none under 2.
* Other populations, devices or ways of reading ECGs than those of the data, unless measured there first."""

DATA = """\
[PTB-XL](https://doi.org/10.13026/kfzx-aw45): 21,799 clinical 12-lead ECGs of ten seconds from 18,869 patients
(version 1.0.3), recorded with devices of Schiller AG from 1989 to 1996, annotated by up to two cardiologists. Folds
1 to 8 train; fold 9 calibrates, sets thresholds, and gives the figures below; fold 10 was never looked at. No
patient is in two folds.

PTB-XL is published under the Creative Commons Attribution 4.0 International licence ([CC BY
4.0](https://creativecommons.org/licenses/by/4.0/)), and the weights learned from it are offered under the same.
Cite it wherever its figures or these weights are used:

* Wagner, P., Strodthoff, N., Bousseljot, R., Samek, W., and Schaeffter, T.: PTB-XL, a large publicly available
  electrocardiography dataset. PhysioNet. https://doi.org/10.13026/kfzx-aw45
* Wagner, P., Strodthoff, N., Bousseljot, R.-D., Kreiseler, D., Lunze, F. I., Samek, W., and Schaeffter, T.: PTB-XL,
  a large publicly available electrocardiography dataset. Scientific Data 7, 154 (2020).
  https://doi.org/10.1038/s41597-020-0495-6"""

LABEL_RULE = """\
A recording shows a class when any of its statements is diagnostic and of that class (`scp_statements.csv`),
whatever the likelihood noted with it. In figures, recordings none of whose statements is diagnostic are left out,
as published figures leave them out. A label is what a report said, not what a patient had: 5,743 of 19,601 records
were not validated by a human."""

OPTIMISM = """\
Calibration and thresholds were fitted on the fold on which they are measured here, so F1, sensitivity, specificity
and the calibration error as served are a little better than they will be elsewhere. Where a model abstains because it
is unsure, its cut is the 80 % quantile of the uncertainty on this very fold: about a fifth is `UNCERTAIN` here by
construction, and how many will be elsewhere is not measured. AUC, AUPRC and the cross-fitted calibration error are
free of all that; where fold 9 also chose the network, a trace of it remains in them too."""

STAGES = """\
The shipped models ignore the stages, and answer with a warning when one is sent. A model that used them would look
better here, and miss the infarctions that nobody has staged yet. The last row of each model's metadata table is the
check: told the stages, it says the same."""

KNOWN_FAILURES = """\
* What is told of a patient can move a single probability a great deal even where it moves the AUC little: the greatest
  change is in the metadata tables. With `reference` it is that of a patient with a pacemaker.
* Electrodes in wrong places are classified all the same: swapped arms are mostly warned of ([quality.md](quality.md)),
  other exchanges hardly. Wrong units are refused, and up to two unusable leads masked, at a cost
  ([recordings.md](recordings.md)).
* One set of thresholds serves all, so sensitivity and specificity differ between groups in which the classes are more
  or less frequent, or are shown differently: by age and by device above all."""
