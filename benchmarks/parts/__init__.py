"""The parts of the benchmark. Each gives its cases; they are measured in turn, round after round."""
