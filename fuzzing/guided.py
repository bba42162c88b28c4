"""Runs one target under libFuzzer, in a process of its own: `python -m fuzzing.guided TARGET LIBFUZZER_ARGUMENTS`.

The process ends as libFuzzer ends it; `fuzzing.runner` reads what it prints.
"""

import sys
import warnings

import atheris

from fuzzing.targets import load_target

OURS = ["ecg_client", "ecg_model", "ecg_server"]
PARSERS = ["wfdb.io._header", "zipfile"]


def main(name: str, *arguments: str) -> None:
    """Fuzz a target until libFuzzer says that it is enough."""
    with atheris.instrument_imports(include=OURS + PARSERS):
        target = load_target(name)
    # As in the tests: what NumPy only warns of is a defect too.
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "The inplace keyword")  # wfdb, of its own use of pandas
    atheris.Setup([name, *arguments], target.test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
