"""Imports TensorFlow without what it writes to standard error on every start.

Some of its native libraries write before their logging is set up, and heed no setting: for the time of the import the
process's standard error leads nowhere. An import that fails still raises.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2


@contextmanager
def _standard_error_leads_nowhere() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(nowhere)
        os.close(kept)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _standard_error_leads_nowhere():
    import tensorflow as tf

# Its own converters call functions of its own that it calls deprecated.
tf.get_logger().setLevel("ERROR")

__all__ = ["tf"]
