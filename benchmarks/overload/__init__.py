"""A flood of calls: what a server still answers when it is asked for many times what it can do.

    python -m benchmarks.overload [--models reference,ensemble] [--multiples 2,10] [--document]

First its capacity, by callers that wait for their answers; then calls at a multiple of that rate, whether they are
answered or not; at the end its capacity once more. Server and callers have cores of their own, so that what the callers
cost is not taken from the server; the server's capacity is that of its cores.
"""
