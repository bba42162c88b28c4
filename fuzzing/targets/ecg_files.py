"""Any bytes as a file of any format: the content tells which."""

import contextlib
import functools
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ecg_client.errors import EcgError
from ecg_client.formats.sources import find_recordings
from fuzzing.targets.files import put

_GREATEST_READ = 3
# The least that EDF+ takes without more ado.
_SECONDS = 1.0


def test_one_input(data: bytes) -> None:
    """Read a file, and of a file of many the first few."""
    with contextlib.suppress(EcgError):
        for source in find_recordings([put("ecg/file", data)], sample_rate_hz=500.0, unit="uV")[:_GREATEST_READ]:
            source.read_or_error()


@functools.cache
def seeds() -> Sequence[bytes]:
    """Return a short file of each format but WFDB, whose target puts the two files of a record side by side."""
    from ecg_testing.ecg_files import made_up_microvolts  # noqa: PLC0415 - only for the seeds
    from ecg_testing.ecg_files.every import EVERY_FILE  # noqa: PLC0415

    microvolts = made_up_microvolts(_SECONDS)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for file in EVERY_FILE:
            path = Path(folder) / file.name
            file.write(path, microvolts)
            found.append(path.read_bytes())
    return found
