"""The page in the browser: its files, its samples, and the reading of what somebody drops on it.

::

    uploads ──> readers ──> reader_process ──> reading      the gateway │ a process of its own, at arm's length
"""

from ecg_gateway.page.readers import Readers
from ecg_gateway.page.routes import routes

__all__ = ["Readers", "routes"]
