"""Takes new versions of the served models over while the server runs.

A model's files are looked at again and again; when they have changed, or when somebody says so, the model is loaded
anew beside the running one: its digests are verified, it has to give its golden recordings' probabilities, and it is
warmed up. Then it takes over: calls that begin from now on get it, those under way keep what they began with. A model
that cannot be served changes nothing; the log says why.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from ecg_model.errors import BundleError
from ecg_model.loading import locate
from ecg_server.file_fingerprint import FileFingerprint, file_fingerprint
from ecg_server.own_thread import in_own_thread

# Each file's name, and by what it is known to have changed.
Fingerprint = tuple[tuple[str, FileFingerprint | None], ...]

logger = logging.getLogger(__name__)


class ModelWatch:
    """Looks at the files of models, and has changed ones loaded anew.

    Args:
        models: the models by label, as `load_classifier` takes them.
        reload: loads the model of a label and serves it.

    Attributes:
        loaded: how many were loaded anew.
        refused: how many could not be served, so that the one before went on.
    """

    def __init__(self, models: Mapping[str, str], reload: Callable[[str], Awaitable[None]]) -> None:
        self.loaded = 0
        self.refused = 0
        self._models = models
        self._reload = reload
        self._seen = {label: fingerprint(model) for label, model in models.items()}
        self._one_at_a_time = asyncio.Lock()

    async def run(self, every_seconds: float) -> None:
        """Look at the files at intervals, until cancelled."""
        while True:
            await asyncio.sleep(every_seconds)
            for label in await in_own_thread(self._changed):
                await self.renew(label)

    async def renew_all(self) -> None:
        """Load all models anew, whether their files have changed or not."""
        for label in self._models:
            await self.renew(label)

    async def renew(self, label: str) -> None:
        """Load a model anew and serve it, or say why not."""
        async with self._one_at_a_time:
            # Before it is loaded: what changes meanwhile is a change.
            self._seen[label] = fingerprint(self._models[label])
            try:
                await self._reload(label)
            except BundleError as error:
                self.refused += 1
                logger.error("the model %r stays as it is: %s", label, error)  # noqa: TRY400 - one line says it
            except Exception:
                self.refused += 1
                logger.exception("the model %r stays as it is", label)
            else:
                self.loaded += 1

    def _changed(self) -> list[str]:
        return [label for label, model in self._models.items() if fingerprint(model) != self._seen[label]]


def fingerprint(model: str) -> Fingerprint:
    """Return what changes whenever a model's files do; of a model that is not there, nothing."""
    try:
        path = locate(model)
        return tuple(
            (file.name, file_fingerprint(file)) for file in (sorted(path.iterdir()) if path.is_dir() else [path])
        )
    except (BundleError, OSError):
        return ()
