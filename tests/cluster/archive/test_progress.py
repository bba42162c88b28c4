import io

from ecg_cluster.archive.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        """It is one."""
        return True


def _last(terminal: io.StringIO) -> str:
    return terminal.getvalue().rpartition("\r")[2].rstrip()


def test_it_tells_how_far_it_is_and_how_long_it_takes() -> None:
    """From the second part on: of the first nobody knows when its worker began."""
    seconds = iter([10.0, 10.0, 14.0])
    terminal = _Terminal()
    progress = Progress(terminal, total=5000, kept=1000, clock=lambda: next(seconds))
    progress.begin()
    assert _last(terminal) == "1,000 of 5,000 files; the workers load the model"
    progress.add(files=500, recordings=600)
    assert _last(terminal) == "1,500 of 5,000 files"
    progress.add(files=500, recordings=600)
    assert _last(terminal) == "2,000 of 5,000 files, 150 recordings/s, 0:24 left"
    progress.end()
    assert _last(terminal) == ""


def test_it_writes_nothing_where_nobody_looks() -> None:
    """Not into a log, nor through a pipe."""
    log = io.StringIO()
    progress = Progress(log, total=2, kept=0)
    progress.begin()
    progress.add(files=1, recordings=1)
    progress.end()
    assert not log.getvalue()
