"""One of each."""

from ecg_testing.ecg_files import dicom, edf, wfdb_files

EVERY_FILE = (*edf.FILES, *dicom.FILES, *wfdb_files.FILES)
