"""Each extra can be had as wheels, on every Python and platform that it is for.

With --all-packages, which `make packages` gives: it asks the package index for some hundred packages. Nothing is
installed: uv finds versions that fit each other, all of which have a wheel for that Python and that platform.
"""

import subprocess

import pytest

from ecg_testing.clean_environment import UV
from ecg_testing.distributions import PROJECT, Distributions
from ecg_testing.interpreters import SUPPORTED

PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")
# What works on the project itself: some of it is for Linux alone.
FOR_DEVELOPERS = {"dev", "docs"}
EXTRAS = sorted(PROJECT["optional-dependencies"].keys() - FOR_DEVELOPERS)


@pytest.mark.parametrize("version", SUPPORTED)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_extra_has_wheels(version: str, platform: str, distributions: Distributions) -> None:
    """What fits all of them at once fits each of them; else it is said which has not."""
    if refused(distributions, EXTRAS, version, platform):
        refusals = {extra: refused(distributions, [extra], version, platform) for extra in EXTRAS}
        assert not {extra: refusal for extra, refusal in refusals.items() if refusal}
        raise AssertionError("each extra can be installed, but not all of them together")


def refused(distributions: Distributions, extras: list[str], version: str, platform: str) -> str:
    """Return why extras cannot be installed; empty: they can."""
    asked = ["--python-version", version, "--python-platform", platform, "--only-binary", ":all:"]
    done = subprocess.run(  # noqa: S603 - our own
        [UV, "pip", "compile", "--quiet", *asked, "-"],
        input=f"ecg-classifier[{','.join(extras)}] @ {distributions.wheel.as_uri()}",
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    return done.stderr if done.returncode else ""
