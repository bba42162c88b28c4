"""How a run of the benchmark is done. Read once, by `__main__`."""

from dataclasses import dataclass

from ecg_model.bundle import DEFAULT_BUNDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was asked for.

    Attributes:
        model: what is served: a shipped bundle's name, or the path of a bundle or of a .keras file.
        parts: names of the parts to run, in their order.
        rounds: how often each case is measured.
        resource_rounds: how often a server is started to see how long that takes and what memory it needs.
        seconds: how long one measurement takes, in seconds.
        stream_recordings: recordings in the one long stream in which memory is watched.
    """

    model: str = DEFAULT_BUNDLE
    parts: tuple[str, ...] = ()
    rounds: int = 5
    resource_rounds: int = 3
    seconds: float = 1.2
    stream_recordings: int = 100_000

    @property
    def warm_up_seconds(self) -> float:
        """How long the same work goes on before it is measured, in seconds."""
        return self.seconds / 5
