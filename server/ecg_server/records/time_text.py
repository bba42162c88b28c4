"""Times as they are written down."""

from datetime import UTC, datetime


def utc_text(seconds: float) -> str:
    """Return a time of `time.time` in UTC as ISO 8601 with milliseconds, such as "2026-01-31T12:00:00.000Z"."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
