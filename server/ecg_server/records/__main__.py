"""`python -m ecg_server.records FILE…`: checks that no line of an audit log was changed, removed or put in."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ecg_server.records.audit_chain import AuditChain, BrokenChainError, chains, verify_audit_log


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files; return 0: all is as it was written; 1: it is not; 2: it cannot be told."""
    parser = argparse.ArgumentParser(
        prog="python -m ecg_server.records",
        description="Checks that no line of an audit log was changed, removed or put in.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="its files, all days, in any order")
    try:
        for name, files in chains(parser.parse_args(arguments).files).items():
            print(_line(name, verify_audit_log(files)))
    except BrokenChainError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _line(name: str, chain: AuditChain) -> str:
    parts = [
        f"{name}: {chain.lines} lines, unbroken",
        *([f"{chain.torn} of them torn by a crash or a full disk"] if chain.torn else []),
        *([] if chain.has_beginning else ["those before the first are in files that were not given"]),
        f"the next one will have before_sha256 {chain.last_sha256}",
    ]
    return "; ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
