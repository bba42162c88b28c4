"""The report on explanations, in Markdown."""

from collections.abc import Iterable

from ecg_evaluation.explanations.figures import (
    CompletenessFigures,
    ContrastFigures,
    DataUsed,
    DeletionFigures,
    ExplanationFigures,
    FillFigures,
    RandomisedFigures,
    WallFigures,
)
from ecg_evaluation.sections import paragraphs
from ecg_evaluation.tables import DASH, figure, interval, percent, table

INTRODUCTION = """`Explain` (`EcgClient.explain`, `ecg explain`) tells what in a recording speaks for a class: which
leads, which half seconds, which metadata. It tells what the **network** goes by. Whether the heart agrees is another
question, and this page says how often it does: not always."""

HOW = """**Occlusion** takes one thing away and asks the network again. The change, the probability with everything
less the probability without this one thing, is above 0 where the thing speaks for the class. It is taken away from what
the network is given, when leads are derived, resampled and masked, and in its place stands

* for a metadata value, what the network is given for an unknown one, which it has learned;
* for a half second, in each lead, a straight line from the sample before it to the one after it;
* for a limb lead, 0 mV, as for a lead that is lost;
* for a chest lead, the mean of those beside it (V2 for V1, V5 for V6);
* nothing, for a lead that was masked: it is 0 mV already, and changes nothing.

Each thing goes by itself, so the changes do not add up to anything. Where two leads say the same, neither is missed: V3
may matter to the network and have a change near 0 because V2 and V4 tell it.

**Integrated gradients** follow the gradient from a recording that says nothing (0 mV in all leads, nothing known of the
patient) to this one. What all leads and values say adds up to the change in probability on that way, within the
completeness error that comes with the answer. TensorFlow tells gradients, ONNX Runtime does not. On that way the
network sees signals that no heart makes: small ones.

A long recording is explained as the mean over its windows, or one window of it is. A short one is repeated to fill the
window, and its half seconds are taken away wherever they stand."""

COST = """| what | windows that the network is run on, for 10 s |
| --- | ---: |
| occlusion, all classes at once | 32, and one for each metadata value that is known |
| `include_lead_times`: each half second of each lead | 240 more |
| integrated gradients, one class | 17 or 33, mostly |

On a virtual machine with two cores a window took about 7 ms in ONNX Runtime: a quarter of a second for the first row,
two seconds for both. Explanations have threads of their own with a low priority: where
predictions want all of the processor, they take many times as long. `ModelSummaryResponse.limits` has the most that one
may cost, and `ExplainResponse.computed_windows` what it did."""

FILL = """What stands in the place of what is taken away was chosen by what it does. A half second of 0 mV makes two
steps wherever the baseline is not at 0; a straight line makes none, and tells as little."""

WALLS = """An infarction of the anterior wall shows in V1 to V4, one of the inferior wall in II, III and aVF. PTB-XL's
statements say where: anterior is AMI, ASMI, ALMI, INJAS or INJAL; inferior IMI, ILMI, IPMI, IPLMI, INJIN or INJIL;
recordings with both are left out. The leads that speak for MI should be those of the wall. *Area*: of all pairs of a
lead of the wall and another lead, the share in which the wall's says more for MI; 0.5 is chance. *Greatest*: how often
the lead that says most is one of the wall's, and what that would be by chance. *0 mV for every lead* is what occlusion
would tell if chest leads became 0 mV too: that is why they do not."""

CONTRAST = """Some leads say more in every recording. What is left when that is taken out: V1 to V4 should say more than
II, III and aVF in anterior infarctions than in inferior ones. Area under the ROC curve of that difference; 0.5 is
chance."""

DELETION = """Parts of a recording are deleted one after the other (leads become 0 mV, half seconds a line) and the
network is asked each time. What is left of the probability of the most probable finding, the mean over all steps, as a
share of what it was. If the explanation knows what matters, less is left when what speaks for the finding goes first
than in random order, and more when it goes last."""

RANDOMISED = """Networks of the same layers whose kernels are shuffled have learned nothing. If their explanations
looked like those of the network, explanations would say nothing of what it learned (Adebayo et al., Sanity checks for
saliency maps, 2018). Rank correlation of what the parts say, mean over recordings and networks; its size, whatever the
sign; and what the size would be by chance. *Same*: of the network with itself, run in the other runtime."""

WEAK = """* It is the network that is explained. That V1 speaks for MI says that the network would say less of MI
  without V1, and not that the infarction is there, nor that there is one.
* What explains a wrong probability is as sure of itself as what explains a right one.
* Agreement with the wall is better than chance, and far from certain: in half of the infarctions the lead that says
  most is none of the wall's. One recording is no proof.
* In inferior infarctions occlusion would agree a little better if chest leads became 0 mV; in anterior ones it would
  then be no better than chance.
* Half seconds say little by themselves: ten seconds have a dozen beats that show the same. Look at the leads first.
* Changes by occlusion do not add up; leads that repeat each other hide each other, the limb leads above all.
* What the network is given in place of a part is not what another heart would have shown there.
* Networks with shuffled kernels are few here, and their explanations are a little less unlike the network's than lists
  drawn at random."""


def to_markdown(figures: ExplanationFigures, stem: str) -> str:
    """Return the report.

    Args:
        figures: what was found.
        stem: name of the report's file and of the JSON file beside it, without suffix.
    """
    software = ", ".join(f"{name} {version}" for name, version in figures.software.items())
    return (
        paragraphs(
            "# Explanations",
            "<!-- Written by `python -m ecg_evaluation.explanations`. Do not edit. -->",
            "Not a medical device: no diagnosis, treatment or triage may rest on these figures.",
            INTRODUCTION,
            f"    python -m ecg_evaluation.explanations PTBXL_FOLDER --document docs/{stem}.md",
            _data_section(figures.data, f"[{stem}.json]({stem}.json)"),
            "## What is told",
            HOW,
            "## What it costs",
            COST,
            "## What stands in the place of what is taken away",
            FILL,
            _fill_sentence(figures.fill),
            "## Does it go with the wall?",
            WALLS,
            _wall_table(figures.walls),
            CONTRAST,
            _contrast_table(figures.contrasts),
            "## Does it know what matters?",
            DELETION,
            _deletion_table(figures.deletions),
            "## Does it go with what was learned?",
            RANDOMISED,
            _randomised_table(figures.randomised),
            "## Does it add up?",
            _completeness_sentence(figures.completeness),
            "## What is weak",
            WEAK,
            f"Computed with {software}.",
        )
        + "\n"
    )


def _data_section(data: DataUsed, link: str) -> str:
    return (
        f"writes this page and {link} from PTB-XL fold {data.fold} at 100 Hz and the model {data.model}: "
        f"{data.infarctions} recordings with an infarction of one wall, and {data.deletions} with a finding of any "
        f"kind, drawn at random. In brackets: 95 % bootstrap intervals, from {data.resamples} resamples of patients "
        f"(seed {data.seed}). The fold had a part in choosing the thresholds and the calibration, and in choosing what "
        "stands in the place of chest leads; none in training."
    )


def _fill_sentence(fill: FillFigures) -> str:
    return (
        "Mean size of the change in probability over all half seconds and classes of the recordings with a finding: "
        f"{interval(fill.line, 4)} with a line, {interval(fill.zero, 4)} with 0 mV."
    )


def _rows_of(found_only: bool) -> str:  # noqa: FBT001 - it is a cell of a table
    return "MI found" if found_only else "all"


def _wall_table(walls: Iterable[WallFigures]) -> str:
    rows = (
        (
            one.wall,
            _rows_of(one.found_only),
            one.method,
            str(one.recordings),
            interval(one.area),
            DASH if one.greatest is None else interval(one.greatest),
            figure(one.chance),
        )
        for one in walls
    )
    return table(("wall", "recordings", "method", "how many", "area", "greatest", "by chance"), rows)


def _contrast_table(contrasts: Iterable[ContrastFigures]) -> str:
    rows = ((one.method, _rows_of(one.found_only), str(one.recordings), interval(one.area)) for one in contrasts)
    return table(("method", "recordings", "how many", "anterior against inferior"), rows)


def _deletion_table(deletions: Iterable[DeletionFigures]) -> str:
    rows = (
        (
            one.method,
            one.parts,
            interval(one.first),
            interval(one.random),
            interval(one.last),
            interval(one.gain),
        )
        for one in deletions
    )
    return table(("method", "parts", "first", "at random", "last", "at random less first"), rows)


def _randomised_table(randomised: Iterable[RandomisedFigures]) -> str:
    rows = (
        (
            one.method,
            one.parts,
            interval(one.same),
            interval(one.randomised),
            interval(one.size),
            figure(one.size_by_chance),
        )
        for one in randomised
    )
    return table(("method", "parts", "same", "shuffled", "its size", "by chance"), rows)


def _completeness_sentence(one: CompletenessFigures) -> str:
    return (
        f"Of {one.explanations} explanations of one class by integrated gradients, {percent(one.refused)} would be "
        "refused, because what they say misses the change in probability by more than 5 % of it. The error is "
        f"{percent(one.median)} in the median, and at most {percent(one.greatest)} in those that are told. They take "
        f"{one.windows} windows in the median."
    )
