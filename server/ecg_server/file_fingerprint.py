"""By what a file is known to have changed."""

from pathlib import Path

FileFingerprint = tuple[int, int, int, int]


def file_fingerprint(path: Path) -> FileFingerprint | None:
    """Return what differs once a file was written, replaced, or given other permissions; None: it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
