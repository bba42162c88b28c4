"""Writes the model card from the evaluations of the bundles that ship.

python -m ecg_evaluation.model_card docs/evaluation --output docs/model-card.md
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.model_card.card import model_card
from ecg_evaluation.model_card.shipped import read_shipped_models
from ecg_model.errors import BundleError


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, write. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ecg_evaluation.model_card", description=__doc__.splitlines()[0])
    parser.add_argument("evaluations", type=Path, help="folder of their JSON files and plots")
    parser.add_argument("--output", type=Path, required=True, help="the card")
    options = parser.parse_args(arguments)
    link = Path(os.path.relpath(options.evaluations, options.output.parent)).as_posix()
    try:
        card = model_card(read_shipped_models(options.evaluations), link)
    except (EvaluationError, BundleError) as error:
        print(f"ecg_evaluation.model_card: {error}", file=sys.stderr)
        return 1
    options.output.write_text(card, encoding="utf-8")
    print(f"written to {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
