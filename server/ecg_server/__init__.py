"""The wire: what turns messages into recordings, and predictions into messages.

The road of a recording: `interceptor` → `servicer` → `recording_conversion` → `batching` → `ecg_model.classifier` →
`prediction_conversion` → the answer.
"""
