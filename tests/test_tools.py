"""What a test does without the program that it needs."""

from collections.abc import Callable

import pytest

from ecg_testing.tools import module, tool


@pytest.mark.parametrize("need", [tool, module])
@pytest.mark.parametrize("value", ["true", "1", "TRUE"])
def test_continuous_integration_lacks_nothing(
    need: Callable[[str], object], value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the variable says that it is."""
    monkeypatch.setenv("CI", value)
    with pytest.raises(pytest.fail.Exception, match="a skipped test would hide that"):
        need("nowhere_to_be_found")


@pytest.mark.parametrize("need", [tool, module])
@pytest.mark.parametrize("value", ["", "false", "0"])
def test_elsewhere_a_test_is_skipped(
    need: Callable[[str], object], value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason."""
    monkeypatch.setenv("CI", value)
    with pytest.raises(pytest.skip.Exception, match="nowhere_to_be_found"):
        need("nowhere_to_be_found")
