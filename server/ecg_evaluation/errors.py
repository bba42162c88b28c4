"""What goes wrong in an evaluation itself; files, bundles and services have errors of their own."""


class EvaluationError(Exception):
    """An evaluation is not possible. Its text is one line: what is wrong, and the remedy."""
