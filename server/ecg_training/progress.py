"""Shows how a training gets on."""

import sys
import time
from collections.abc import Callable
from typing import Any

from ecg_training.training import Progress


def report_progress(validate: Callable[[Any], float], epochs: int) -> Callable[[Progress, Any], None]:
    """Return a listener that keeps one line up to date on a terminal and prints one line an epoch everywhere.

    Args:
        validate: tells a network's macro-AUC on the validation fold.
        epochs: how many there will be.
    """
    is_terminal = sys.stderr.isatty()
    started = time.monotonic()

    def on_progress(progress: Progress, model: Any) -> None:
        head = f"epoch {progress.epoch}/{epochs}"
        if progress.step < progress.steps:
            if is_terminal and progress.step % 10 == 0:
                line = f"\r{head}  step {progress.step}/{progress.steps}  loss {progress.loss:.4f}"
                print(line, end="", file=sys.stderr, flush=True)
            return
        area = validate(model)
        line = f"{head}  loss {progress.loss:.4f}  validation macro-AUC {area:.4f}  {time.monotonic() - started:.0f} s"
        print(("\r" if is_terminal else "") + line, file=sys.stderr, flush=True)

    return on_progress
