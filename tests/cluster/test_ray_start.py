"""How often Ray is tried, by a Ray that starts no process."""

import pytest

from ecg_testing.tools import module

module("ray")

import ray  # noqa: E402

from ecg_cluster.ray_start import start_ray  # noqa: E402

BUSY = "The current node timed out during startup."


@pytest.mark.parametrize(
    ("faults", "tries", "ends"),
    [([], 1, None), ([BUSY, BUSY], 3, None), ([BUSY] * 3, 3, BUSY), (["no such folder"], 1, "no such folder")],
)
def test_a_busy_machine_is_given_three_tries(
    monkeypatch: pytest.MonkeyPatch, faults: list[str], tries: int, ends: str | None
) -> None:
    """What else is wrong would be wrong again, and is said at once."""
    left, tried = list(faults), []

    def init(**options: object) -> None:
        tried.append(options)
        if left:
            raise RuntimeError(left.pop(0))

    monkeypatch.setattr(ray, "init", init)
    if ends is None:
        start_ray(num_cpus=2)
    else:
        with pytest.raises(RuntimeError, match=ends):
            start_ray(num_cpus=2)

    assert tried == [{"address": "local", "num_cpus": 2}] * tries
