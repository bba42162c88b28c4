"""`python -m soak`: see the package."""

import argparse
import logging
import random
import sys
from collections.abc import Sequence

from soak.report import GREATEST_GROWTH_PERCENT, GROWTH_COUNTS_AFTER_SECONDS, LEAST_ANSWERED_SHARE
from soak.soak import soak


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, print what is done and a last line of counts, and return 1 where one of them is not as it should be."""
    asked = _parser().parse_args(arguments)
    seed = random.randrange(2**32) if asked.seed is None else asked.seed  # noqa: S311 - it is to be random, not secret
    print(f"{asked.minutes:g} minutes; to repeat what is done: --seed {seed}", flush=True)
    # What the clients say of each cut is no news here.
    logging.getLogger("ecg_client").setLevel(logging.ERROR)
    report = soak(60 * asked.minutes, seed, lambda line: print(line, flush=True))
    if report.account.unaccounted:
        print(f"nothing became of {report.account.unaccounted} recordings")
    if not report.has_answered:
        print(f"too little was answered: less than {LEAST_ANSWERED_SHARE:.0%} of what was sent")
    if report.seconds < GROWTH_COUNTS_AFTER_SECONDS:
        minutes = GROWTH_COUNTS_AFTER_SECONDS / 60
        print(f"in less than {minutes:g} minutes a server has not settled: its growth is told and not judged")
    print(f"computed after deadline: by the count of the {report.drained} server processes that were told to stop")
    print(report)
    return int(not report.is_flawless)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m soak",
        description="Load servers, inject faults, and count what became of each recording.",
        epilog=f"Exits 1 where a recording was lost, answered twice, wrongly or out of order, or computed after its "
        f"deadline, where memory grew by {GREATEST_GROWTH_PERCENT:g} % or more, less than "
        f"{100 * LEAST_ANSWERED_SHARE:g} % was answered, or something unforeseen happened.",
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="for how long (10)")
    parser.add_argument("--seed", type=int, help="what is done when follows from that; unless given, a random one")
    return parser


if __name__ == "__main__":
    sys.exit(main())
