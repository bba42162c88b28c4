"""Which wall, which leads, and how well they go together."""

import numpy as np
import pytest

from ecg_evaluation.explanations.walls import (
    ANTERIOR,
    INFERIOR,
    Wall,
    contrast_auc,
    is_greatest_of_wall,
    wall_areas,
    wall_of,
)

ONCE = np.ones((1, 3), dtype=np.float32)


@pytest.mark.parametrize(
    ("statements", "wall"),
    [
        (["ASMI", "SR"], ANTERIOR),
        (["ILMI", "IMI", "AFIB"], INFERIOR),
        (["AMI", "IMI"], None),
        (["LMI"], None),
        (["NORM"], None),
    ],
)
def test_the_wall_is_the_one_that_the_statements_name(statements: list[str], wall: Wall | None) -> None:
    """Both, neither, or another one is none."""
    assert wall_of(statements) is wall


def test_leads_of_the_wall_before_the_others() -> None:
    """In all pairs, in none, in half of them where all are alike."""
    best, worst = np.zeros(12), np.zeros(12)
    best[6:10], worst[6:10] = 1, -1
    changes = np.stack([best, worst, np.zeros(12)])

    assert wall_areas(changes, ANTERIOR).tolist() == [1, 0, 0.5]
    assert is_greatest_of_wall(changes[:2], ANTERIOR).tolist() == [True, False]
    assert wall_areas(best[np.newaxis], INFERIOR).tolist() == [pytest.approx(5 / 9 / 2)]


def test_what_leads_always_say_tells_no_wall_from_another() -> None:
    """The contrast counts what V1 to V4 say beyond II, III and aVF, more than elsewhere."""
    always = np.zeros((3, 12))
    always[:, 6:10] = 0.5
    more = always.copy()
    more[0, 7] += 0.1

    is_anterior = np.array([True, False, False])
    assert contrast_auc(always, is_anterior, ONCE).tolist() == [0.5]
    assert contrast_auc(more, is_anterior, ONCE).tolist() == [1]
