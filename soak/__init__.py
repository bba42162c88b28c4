"""A soak: mixed load on real servers while faults are injected at random, and a count of what became of each recording.

    make soak                 ten minutes
    make soak MINUTES=120     hours on request

Three servers answer several callers at once: one that is never ended, whose memory is watched and whose connections are
reset; one that is killed and drained again and again; and one of two worker processes, which are killed, and whose
connections last a few seconds. All serve the same bundle, which is replaced by new versions and by broken ones while
they run, and a second model beside it. Every answer is compared with what the classifier itself says.

What happens when follows from a seed; how it meets the load does not, since that is a matter of microseconds.
"""
