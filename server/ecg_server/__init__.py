"""The wire: what turns messages into recordings, and predictions into messages.

The road of a recording: `interceptor` → `servicer` → `recording_conversion` → `batching` → `ecg_model.classifier` →
`prediction_conversion` → the answer.
"""

import os

# numpy's matrix products are small here, and the worker threads keep the cores busy: more threads would only get in
# each other's way. OpenBLAS looks when numpy is first imported, so it has to be said before all else.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
