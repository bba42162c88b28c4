"""One of each."""

from ecg_testing.ecg_files import aecg, dicom, edf, ishne, muse, scp, sierra, tables, wfdb_files

EVERY_FILE = (
    *edf.FILES,
    *dicom.FILES,
    *scp.FILES,
    *aecg.FILES,
    *muse.FILES,
    *sierra.FILES,
    *ishne.FILES,
    *wfdb_files.FILES,
    *tables.FILES,
)
