"""Rubbish, by the million: fuzzing of what reads other people's bytes.

    python -m fuzzing all --runs 1000000     every target and the wire, a million inputs in all
    python -m fuzzing messages --seconds 60  one target
    python -m fuzzing messages --replay build/fuzzing/messages/crash-…

Each file in `fuzzing.targets` has a `test_one_input`, which lets out only what is a defect, and the `seeds` from which
inputs are bred: by libFuzzer (atheris), guided by which lines they reach, or by a plain loop where that is not at hand.
`fuzzing.wire` sends rubbish to a running server.
"""
