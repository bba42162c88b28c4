"""Who else on this machine can read what should be the server's alone."""

import logging
import stat
from pathlib import Path

logger = logging.getLogger(__name__)


def warn_if_others_can_read(path: Path) -> None:
    """Write a warning to the log when every user of the machine can read a file."""
    if path.stat().st_mode & stat.S_IROTH:
        logger.warning("every user of this machine can read %s; let only the server: chmod o-r %s", path, path)
