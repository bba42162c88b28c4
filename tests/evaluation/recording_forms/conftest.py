"""A PTB-XL folder with records at both rates, and a classifier that needs no file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ecg_model.classifier import Classifier
from ecg_model.manifest import SignalRule
from ecg_model.recording import FloatArray
from ecg_testing.fakes import classifier_of, fake_manifest

FAST_RECORDS = (0, 7)


class Heights:
    """Says of each class how high the first samples of a lead are (I, II, III, aVR, aVL): 0.5 and a tenth of the mV."""

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class]."""
        del metadata
        return (0.5 + np.clip(signal[:, :100, :5].mean(axis=1), -4, 4) / 10).astype(np.float32)


@pytest.fixture(scope="session")
def heights() -> Classifier:
    """A classifier that masks up to two leads of a window and removes offsets of more than 0.05 mV."""
    rule = SignalRule(maskable_leads=2, greatest_offset_mv=0.05)
    return classifier_of(replace(fake_manifest(), signal_rule=rule), Heights())


@pytest.fixture(scope="session")
def folder_of_both_rates(annotated_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The annotated folder with some records at 500 Hz too, in which each sample of 100 Hz stands five times."""
    folder = tmp_path_factory.mktemp("ptbxl") / "both"
    folder.mkdir()
    for name in ("ptbxl_database.csv", "scp_statements.csv", "records100"):
        (folder / name).symlink_to(annotated_folder / name)
    (folder / "records500").mkdir()
    for index in FAST_RECORDS:
        slow = np.fromfile(folder / f"records100/{index:05d}_lr.dat", dtype="<i2").reshape(-1, 12)
        np.repeat(slow, 5, axis=0).tofile(folder / f"records500/{index:05d}_hr.dat")
    return folder
