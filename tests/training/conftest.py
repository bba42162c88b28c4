"""What the tests of training train on."""

from pathlib import Path

import pytest

from ecg_testing.ptbxl_folder import write_ptbxl_folder

RECORDS = 90


@pytest.fixture(scope="session")
def ptbxl_90(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of synthetic records: ten in each of folds 1 to 9, two of each class."""
    return write_ptbxl_folder(tmp_path_factory.mktemp("ptbxl") / "synthetic", count=RECORDS)
