"""What can go wrong with an archive."""


class ArchiveError(Exception):
    """An archive cannot be classified, or its table not be written: names what, and the remedy."""


class ClusterError(Exception):
    """The cluster cannot be reached, or gave up."""
