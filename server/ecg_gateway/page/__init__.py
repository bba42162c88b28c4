"""The page in the browser: its files, its samples, and the reading of what somebody drops on it.

::

    uploads ──> readers ──> reader_process ──> reading      the gateway │ a process of its own, at arm's length
"""
