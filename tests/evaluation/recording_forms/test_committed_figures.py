"""docs/recordings.md: of the model that ships, and within what is promised."""

import hashlib
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from ecg_evaluation.recording_forms.document import to_markdown
from ecg_evaluation.recording_forms.findings import RecordingForms
from ecg_model.bundle import DEFAULT_BUNDLE, MANIFEST_FILE, SHIPPED_BUNDLES, read_bundle

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def committed() -> RecordingForms:
    """The committed figures."""
    return TypeAdapter(RecordingForms).validate_json((DOCS / "recordings.json").read_bytes(), extra="forbid")


def test_the_committed_page_is_what_the_committed_figures_say(committed: RecordingForms) -> None:
    """Nothing in it was written by hand."""
    assert (DOCS / "recordings.md").read_text(encoding="utf-8") == to_markdown(committed, "recordings.json")


def test_the_model_that_ships_was_measured(committed: RecordingForms) -> None:
    """The very weights, the very manifest, the rule in use."""
    manifest_file = SHIPPED_BUNDLES / DEFAULT_BUNDLE / MANIFEST_FILE
    rule = read_bundle(SHIPPED_BUNDLES / DEFAULT_BUNDLE).manifest.signal_rule

    assert rule is not None
    assert committed.model.manifest_sha256 == hashlib.sha256(manifest_file.read_bytes()).hexdigest()
    assert (committed.maskable_leads, committed.greatest_offset_mv) == (rule.maskable_leads, rule.greatest_offset_mv)


def test_what_is_resampled_from_500_hz_is_what_ptbxl_has_at_100_hz(committed: RecordingForms) -> None:
    """Between the ends: every lead of every recording correlates by 0.99, and no probability is 0.02 away."""
    fast = {one.form: one for one in committed.fast}

    assert min(one.least for one in committed.resampled_leads) >= 0.99
    assert fast["500 Hz, with the ends of 100 Hz"].greatest <= 0.02


def test_eight_leads_say_what_twelve_say(committed: RecordingForms) -> None:
    """But for the rounding of those that were sent."""
    assert max(one.greatest for one in committed.leads) < 0.005
