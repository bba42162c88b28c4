"""What is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ecg_model.errors import InvalidOptionsError, RefusalReason, Violation


class Method(Enum):
    """How it is found out what speaks for a class."""

    OCCLUSION = auto()
    INTEGRATED_GRADIENTS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What is asked for of one recording.

    Attributes:
        method: how it is found out.
        classes: the classes to explain, as places among those of the model, in its order.
        include_lead_times: whether each half second of each lead is looked at by itself.
        window: the one window that is explained, counted from 0; None: all that were not left out.
    """

    method: Method = Method.OCCLUSION
    classes: tuple[int, ...]
    include_lead_times: bool = False
    window: int | None = None


def chosen_classes(wanted: Sequence[str], codes: Sequence[str]) -> tuple[int, ...]:
    """Return which classes are to be explained, in the model's order.

    Args:
        wanted: their codes; empty: all.
        codes: those of the model.

    Raises:
        InvalidOptionsError: one is none of the model's, or is there twice.
    """
    # Of more than there are, the first that are too many hold a fault already: there may be millions.
    wanted = wanted[: len(codes) + 1]
    unknown = [place for place, code in enumerate(wanted) if code not in codes]
    if unknown:
        problem = f"the model has no class of this code; it has {', '.join(codes)}"
        raise _refuse(RefusalReason.CLASS_UNKNOWN, unknown, problem)
    repeated = [place for place, code in enumerate(wanted) if code in wanted[:place]]
    if repeated:
        raise _refuse(RefusalReason.CLASS_REPEATED, repeated, "the class is named more than once; name each once")
    return tuple(place for place, code in enumerate(codes) if code in wanted or not wanted)


def _refuse(reason: RefusalReason, places: list[int], problem: str) -> InvalidOptionsError:
    return InvalidOptionsError(reason, *(Violation(f"class_codes[{place}]", problem) for place in places))
