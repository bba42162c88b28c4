"""`ecg-archive`: reads flags, classifies an archive and says what became of it."""

import os
import sys
from collections.abc import Sequence

# Before Ray and gRPC are imported: nothing is told to anybody, and what they have to say is said here in one line.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")

try:
    from ecg_client.errors import UnreadableFileError
    from ecg_cluster.archive.errors import ArchiveError, ClusterError
    from ecg_cluster.archive.flags import read_settings
    from ecg_cluster.archive.run import Tally, classify_archive
    from ecg_model.errors import BundleError
except ModuleNotFoundError as missing:
    raise SystemExit(f'ecg-archive: {missing.name} is missing: pip install "ecg-classifier[cluster]"') from missing

WRONG, UNREACHED, INTERRUPTED = 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Classify an archive; return the exit status."""
    settings = read_settings(arguments)
    try:
        tally = classify_archive(settings, sys.stderr)
    except (ArchiveError, BundleError, UnreadableFileError) as error:
        print(f"ecg-archive: {error}", file=sys.stderr)
        return WRONG
    except ClusterError as error:
        print(f"ecg-archive: {error}", file=sys.stderr)
        return UNREACHED
    except KeyboardInterrupt:
        print("interrupted: what was finished is kept, and the same command goes on", file=sys.stderr)
        return INTERRUPTED
    print(_told(tally, settings.output))
    return 1 if tally.failed else 0


def _told(tally: Tally, output: str) -> str:
    earlier = f", {tally.kept:,} of them by an earlier run" if tally.kept else ""
    failed = f"; {tally.failed:,} have no prediction, and a reason in the data set" if tally.failed else ""
    parts = f"{tally.parts} part{'' if tally.parts == 1 else 's'}"
    return f"{tally.kept + tally.done:,} recordings{earlier}{failed}\n{output}: {parts}\nNot a medical device."


if __name__ == "__main__":
    sys.exit(main())
