"""Ray, started on this machine."""

import logging
from typing import Any

import ray

ATTEMPTS = 3

logger = logging.getLogger(__name__)


def start_ray(**options: Any) -> None:
    """Start Ray, once more where the machine was too busy: Ray's agents have 15 s to begin, and no setting for that.

    Args:
        options: of `ray.init`.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            ray.init(address="local", **options)
        except Exception as error:
            if attempt == ATTEMPTS or "timed out during startup" not in str(error):
                raise
            logger.warning("Ray did not start in time, and is started again")
            ray.shutdown()
        else:
            return
