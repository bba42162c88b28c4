"""How many cores this process may really use: a container on a large machine may have few of them."""

import math
import os
from pathlib import Path

CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")


def usable_cores(cgroup_limit: Path = CGROUP_LIMIT) -> int:
    """Return how many cores the scheduler gives this process, by its affinity and by its control group's quota."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cgroup_quota(cgroup_limit)
    return allowed if quota is None else max(1, min(allowed, math.ceil(quota)))


def _cgroup_quota(limit: Path) -> float | None:
    """Return the cores that a control group (version 2) may use; None: all of them."""
    try:
        quota, period = limit.read_text(encoding="ascii").split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        return None
