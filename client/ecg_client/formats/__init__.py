"""Readers of files that hold recordings.

The extra `formats` brings what reads all of them; each has one of its own, which the error names where it is missing.
PTB-XL folders, text, `.npy` and `.npz` need nothing but the base install.
"""

from ecg_client.formats.npz import open_npz
from ecg_client.formats.ptbxl import read_recordings as read_ptbxl_recordings
from ecg_client.formats.sources import open_recordings
from ecg_client.formats.synthetic import generate_recordings
from ecg_client.formats.wfdb_record import read_wfdb_record

__all__ = ["generate_recordings", "open_npz", "open_recordings", "read_ptbxl_recordings", "read_wfdb_record"]
