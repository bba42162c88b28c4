"""How a server's memory grows."""

import statistics
from dataclasses import dataclass, field

import psutil

# For so long, and for so much of the whole time at most, a server may settle.
_SETTLING_SECONDS = 60
_SETTLING = 0.1
# So much of the whole time is looked at then, and at the end.
_LOOKED_AT = 0.1


@dataclass(slots=True)
class MemoryGrowth:
    """Readings of the resident memory of one process.

    Attributes:
        pid: which one.
        readings: when, in seconds, and how many bytes.
    """

    pid: int
    readings: list[tuple[float, int]] = field(default_factory=list)

    def read(self, moment: float) -> None:
        """Read it now."""
        self.readings.append((moment, psutil.Process(self.pid).memory_info().rss))

    @property
    def percent(self) -> float:
        """By how much it grew from when it had settled to the end; the median counts, since models come and go."""
        return 100 * (self.last_megabytes / self.settled_megabytes - 1)

    @property
    def settled_megabytes(self) -> float:
        """What it had once it had settled, in 10^6 bytes."""
        settled = min(_SETTLING_SECONDS, _SETTLING * self._end)
        return self._median(settled, settled + _LOOKED_AT * self._end)

    @property
    def last_megabytes(self) -> float:
        """What it had at the end, in 10^6 bytes."""
        return self._median((1 - _LOOKED_AT) * self._end, self._end)

    def __str__(self) -> str:
        return f"{self.settled_megabytes:.0f} MB once settled, {self.last_megabytes:.0f} MB at the end"

    @property
    def _end(self) -> float:
        return self.readings[-1][0]

    def _median(self, first: float, last: float) -> float:
        return statistics.median([size for moment, size in self.readings if first <= moment <= last]) / 1e6
