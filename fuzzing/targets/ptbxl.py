"""Any bytes as the table of a PTB-XL folder, or as the table of its statements."""

import contextlib
from collections.abc import Sequence
from itertools import islice

from ecg_client.errors import EcgError
from ecg_client.formats.ptbxl import read_recordings
from ecg_client.formats.ptbxl_table import STATEMENTS_NAME, TABLE_NAME
from fuzzing.targets.files import put

_STATEMENTS = b",description,diagnostic,diagnostic_class\nNORM,normal,1.0,NORM\nIMI,infarction,1.0,MI\nSR,rhythm,,\n"
_COLUMNS = (
    b"ecg_id,patient_id,age,sex,height,weight,infarction_stadium1,infarction_stadium2,pacemaker,scp_codes,strat_fold,"
    b"filename_lr,filename_hr\n"
)
_ROW = (
    b"""1,11.0,56.0,1,,63.0,Stadium I,unknown,"ja, pacemaker","{'NORM': 100.0, 'SR': 0.0}",3,"""
    b"""records100/1_lr,records500/1_hr\n"""
)
GREATEST_READ = 3


def test_one_input(data: bytes) -> None:
    """Read the table, the statements being right, or the statements, the table being right, and a few signals."""
    is_statements = data[:1] == b","
    statements = put(f"ptbxl/{STATEMENTS_NAME}", data if is_statements else _STATEMENTS)
    put(f"ptbxl/{TABLE_NAME}", _COLUMNS + _ROW if is_statements else data)
    for with_stages in (False, True):
        with contextlib.suppress(EcgError):
            list(islice(read_recordings(statements.parent, with_infarction_stages=with_stages), GREATEST_READ))


def seeds() -> Sequence[bytes]:
    """Return both tables, and put the one signal there that they name."""
    put("ptbxl/records100/1_lr.dat", bytes(24_000))
    return [_COLUMNS + _ROW, _COLUMNS + _ROW * 3, _COLUMNS, _STATEMENTS, b""]
