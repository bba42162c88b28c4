"""What the server tells of itself: metrics and traces.

The road of a recording knows none of it but `Observer`, which is told what becomes of calls, recordings and batches.
Where nothing is measured there is none.
"""
