"""Writers of files that the readers of `ecg_client.formats` read again.

WFDB needs the extra `wfdb`; `.npz` needs nothing but the base install.
"""

from ecg_client.writing.npz import NpzFile
from ecg_client.writing.wfdb_folder import WfdbFolder, record_name

__all__ = ["NpzFile", "WfdbFolder", "record_name"]
