"""`ecg-archive`: reads flags, classifies an archive and says what became of it."""

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

# Before gRPC is imported: what it has to say is said here in one line.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

MISSING = 'ecg-archive: {} is missing: pip install "ecg-classifier[cluster]"'

try:
    from ecg_client.errors import UnreadableFileError
    from ecg_cluster.archive import ray_environment
    from ecg_cluster.archive.errors import ArchiveError, ClusterError
    from ecg_cluster.archive.flags import read_settings
    from ecg_cluster.archive.settings import ArchiveSettings
    from ecg_model.errors import BundleError
except ModuleNotFoundError as missing:
    raise SystemExit(MISSING.format(missing.name)) from missing

if TYPE_CHECKING:
    from ecg_cluster.archive.run import Tally

WRONG, UNREACHED, INTERRUPTED = 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Classify an archive; return the exit status."""
    settings = read_settings(arguments)
    ray_environment.prepare(settings.address)
    try:
        return _run(settings)
    except (ArchiveError, BundleError, UnreadableFileError) as error:
        print(f"ecg-archive: {error}", file=sys.stderr)
        return WRONG
    except ClusterError as error:
        print(f"ecg-archive: {error}", file=sys.stderr)
        return UNREACHED
    except ModuleNotFoundError as missing:
        print(MISSING.format(missing.name), file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("interrupted: what was finished is kept, and the same command goes on", file=sys.stderr)
        return INTERRUPTED


def _run(settings: ArchiveSettings) -> int:
    from ecg_cluster.archive.run import classify_archive  # noqa: PLC0415 - imports Ray, which reads the environment

    # Ray tells of workers that died, and would do so in the midst of what is printed for programs.
    with contextlib.redirect_stdout(sys.stderr):
        tally = classify_archive(settings, sys.stderr)
    print(_told(tally, settings.output))
    return 1 if tally.failed else 0


def _told(tally: "Tally", output: str) -> str:
    earlier = f", {tally.kept:,} of them by an earlier run" if tally.kept else ""
    failed = f"; {tally.failed:,} have no prediction, and a reason in the data set" if tally.failed else ""
    parts = f"{tally.parts} part{'' if tally.parts == 1 else 's'}"
    return f"{tally.kept + tally.done:,} recordings{earlier}{failed}\n{output}: {parts}\nNot a medical device."


if __name__ == "__main__":
    sys.exit(main())
