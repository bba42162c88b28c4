"""Which classes are to be explained."""

import pytest

from ecg_model.errors import InvalidOptionsError, RefusalReason
from ecg_model.explanation.choices import chosen_classes

CODES = ("NORM", "MI", "STTC", "CD", "HYP")


def test_they_come_in_the_order_of_the_model() -> None:
    """Whatever the order in which they were asked for; none asked for are all."""
    assert chosen_classes(["HYP", "MI"], CODES) == (1, 4)
    assert chosen_classes([], CODES) == (0, 1, 2, 3, 4)


def test_a_class_that_the_model_does_not_have_is_refused_where_it_stands() -> None:
    """The error names the place and the codes that there are, never what was sent."""
    with pytest.raises(InvalidOptionsError, match="it has NORM, MI, STTC, CD, HYP") as caught:
        chosen_classes(["MI", "mi", "", "AFIB"], CODES)
    assert caught.value.reason is RefusalReason.CLASS_UNKNOWN
    assert [one.field for one in caught.value.violations] == ["class_codes[1]", "class_codes[2]", "class_codes[3]"]
    assert "AFIB" not in str(caught.value)


def test_a_class_that_is_named_twice_is_refused() -> None:
    """At its second place."""
    with pytest.raises(InvalidOptionsError, match="more than once") as caught:
        chosen_classes(["MI", "CD", "MI"], CODES)
    assert caught.value.reason is RefusalReason.CLASS_REPEATED
    assert [one.field for one in caught.value.violations] == ["class_codes[2]"]


def test_an_error_does_not_grow_with_a_hostile_list() -> None:
    """A million classes are refused with a few fields, soon."""
    with pytest.raises(InvalidOptionsError) as caught:
        chosen_classes(["x"] * 1_000_000, CODES)
    assert len(caught.value.violations) == 6
    with pytest.raises(InvalidOptionsError):
        chosen_classes(["MI"] * 1_000_000, CODES)
