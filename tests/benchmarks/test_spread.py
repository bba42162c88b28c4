"""Figures over several rounds."""

import pytest
from benchmarks.spread import difference, percentile, ratio, spread


def test_a_spread_has_the_median_and_both_ends() -> None:
    """The values stay in the order of the rounds."""
    measured = spread([3.0, 1.0, 2.0])
    assert (measured.median, measured.minimum, measured.maximum) == (2.0, 1.0, 3.0)
    assert measured.values == (3.0, 1.0, 2.0)


def test_ratios_and_differences_are_taken_within_a_round() -> None:
    """The median of the ratios, not the ratio of the medians."""
    over, under = spread([1.0, 8.0, 9.0]), spread([1.0, 2.0, 90.0])
    assert ratio(over, under).values == (1.0, 4.0, 0.1)
    assert difference(over, under).values == (0.0, 6.0, -81.0)


def test_figures_of_different_numbers_of_rounds_have_no_ratio() -> None:
    """They would not be of the same rounds."""
    with pytest.raises(ValueError, match="shorter"):
        ratio(spread([1.0, 2.0]), spread([1.0]))


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (1, 1), (50, 50), (99, 99), (99.5, 100), (100, 100)])
def test_a_percentile_is_one_of_the_values(percent: float, expected: float) -> None:
    """The smallest that so many percent do not exceed."""
    assert percentile(list(range(100, 0, -1)), percent) == expected


def test_the_percentile_of_one_value_is_that_value() -> None:
    """However few there are."""
    assert percentile([7.0], 99) == 7.0
