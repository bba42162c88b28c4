"""From what one recording costs to machines, network and money: arithmetic, written into docs/scaling.md.

What was measured comes from docs/benchmarks.md and the bundle; what was not is an assumption, with a range and a
reason.
"""
