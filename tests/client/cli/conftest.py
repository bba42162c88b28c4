"""The command line, run against the fake service, and a file for it to read."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ecg_client.cli.__main__ import main

Ecg = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ecg(
    address: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ecg:
    """Runs the command line; gives its exit code and what it wrote to standard output and standard error.

    There is no config file in the usual place.
    """
    monkeypatch.setenv("ECG_ADDRESS", address)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exited:
            main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return int(exited.value.code or 0), written.out, written.err

    return run


@pytest.fixture
def npz(tmp_path: Path) -> Path:
    """40 recordings: the probabilities are their first samples, and recording 33 is the original client's example.

    From recording 1 the fake service abstains.
    """
    signals = np.zeros((40, 1000, 12))
    signals[:, 0, :5] = np.random.default_rng(0).random((40, 5))
    signals[33, 0, :5] = (0.940, 0.003, 0.012, 0.046, 0.020)
    signals[1, 0, 5] = 1
    targets = (signals[:, 0, :5] > 0.5).astype(int)
    targets[:, 4] = 0
    targets[33] = (1, 0, 0, 1, 0)
    targets[7] = 0
    path = tmp_path / "data.npz"
    np.savez(path, X_test=np.zeros((40, 7)), Y_test=signals, Z_test=targets)
    return path
