"""`python -m fuzzing TARGET|wire|all`: see the package."""

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from fuzzing.targets import SHARES, load_target

A_MILLION = 1_000_000
WIRE = "wire"
WIRE_SHARE = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz, print a line for each target, and return 1 where there is a defect."""
    asked = _parser().parse_args(arguments)
    if asked.replay:
        return _replay(asked.target, asked.replay)
    from fuzzing.runner import Report, fuzz  # noqa: PLC0415 - needs what only Linux has
    from fuzzing.wire.runner import fuzz_wire  # noqa: PLC0415 - likewise

    reports: list[Report] = []
    for name, runs in _runs(asked.target, asked.runs).items():
        one = fuzz_wire if name == WIRE else fuzz
        reports.append(one(name, runs, asked.seconds, asked.seed))
        print(reports[-1], flush=True)
    total = sum(report.inputs for report in reports)
    defects = sum(len(report.defects) for report in reports)
    print(f"{total} inputs, {defects} defects, {sum(report.seconds for report in reports):.0f} s")
    return int(defects > 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fuzzing", description="Give rubbish to what reads other people's bytes."
    )
    parser.add_argument("target", choices=[*SHARES, WIRE, "all"])
    parser.add_argument("--runs", type=int, default=A_MILLION, help="inputs in all (a million)")
    parser.add_argument("--seconds", type=int, default=0, help="for each target at most; 0: as long as it takes")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers")
    parser.add_argument("--replay", type=Path, help="give the target this one input, and let its error out")
    return parser


def _runs(target: str, runs: int) -> dict[str, int]:
    if target != "all":
        return {target: runs}
    shares = {**SHARES, WIRE: WIRE_SHARE}
    return {name: max(1, runs * share // sum(shares.values())) for name, share in shares.items()}


def _replay(name: str, path: Path) -> int:
    if name == WIRE:
        from fuzzing.wire.runner import replay  # noqa: PLC0415 - takes a server, which no other target does

        print(f"the caller is told {replay(path)}")
        return 0
    warnings.simplefilter("error")
    target = load_target(name)
    target.seeds()  # some put files where the inputs name them
    target.test_one_input(path.read_bytes())
    print("nothing came of it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
