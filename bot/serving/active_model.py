"""Keeps the active model version loaded, in every replica, within seconds.

A new version is fetched, checked and loaded beside the one that serves, and then takes its place
in one assignment: a photo is read by the one that was there when it came. A version that cannot
be loaded is refused, the one before goes on, and the admins hear of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.messages.language import gettext
from bot.serving.reading.reader import Reader
from bot.store import Database, StoreUnavailable, versions
from bot.store.archive import unpack
from bot.store.versions import SHIPPED, Activation
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.errors import InklingError, ModelError

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""How often a replica asks which version is active: one row of a small table."""

MAX_FALLBACKS = 10
"""How many earlier activations are tried at start, before the shipped model."""

Announce = Callable[[Callable[[], str]], None]
"""Has a sentence said to every admin: what is given makes it, in the current language."""


@dataclass(frozen=True, slots=True)
class ServedVersion:
    """What reads photos now.

    Attributes:
        version: the manifest's; also of the shipped model.
        folder: checked when it was loaded.
        activation: which activation this is; `activation.version` is None for the shipped model.
    """

    version: str
    folder: ModelFolder
    activation: Activation


class ActiveModel:
    """Follows the database's active version.

    Args:
        database: says which version is active.
        reader: reads photos with the active version.
        cache: where versions are unpacked; may be empty at each start.
        announce: how admins hear of a broken version, without anybody waiting for that.

    Attributes:
        serving: what reads photos now.
    """

    def __init__(self, database: Database, reader: Reader, cache: Path, announce: Announce) -> None:
        self._database = database
        self._reader = reader
        self._cache = cache
        self._announce = announce
        self._seen = SHIPPED.number
        self._turn = asyncio.Lock()
        shipped = ModelFolder.open(DEFAULT_MODEL)
        self.serving = ServedVersion(shipped.manifest.version, shipped, SHIPPED)

    async def run(self) -> None:
        """Follow until cancelled; a database that is away changes nothing."""
        away = False
        while True:
            try:
                await self.refresh()
            except StoreUnavailable as error:
                if not away:
                    log.warning("%s goes on serving. %s", self.serving.version, error)
                away = True
            else:
                away = False
            await asyncio.sleep(POLL_SECONDS)

    async def refresh(self) -> None:
        """Load what is active now, if it is not what serves.

        Raises:
            StoreUnavailable: the database is away; what serves goes on.
        """
        async with self._turn:
            active = await versions.active(self._database)
            if active.number == self._seen:
                return
            first = self._seen == SHIPPED.number
            try:
                await self._load(active)
            except ModelError as error:
                log.error("Version %s is refused: %s", active.version, error)
                if first:
                    await self._fall_back()
                self._seen = active.number
                self._announce_refused(str(active.version), str(error))
            self._seen = active.number

    def _announce_refused(self, version: str, reason: str) -> None:
        self._announce(
            lambda: gettext(
                "Model version {version} cannot be used: {reason}\n"
                "Version {serving} goes on serving. /models lists the others.",
                version=version,
                reason=reason,
                serving=self.serving.version,
            )
        )

    async def _fall_back(self) -> None:
        """At start, the last good version before a broken one."""
        for earlier in (await versions.history(self._database, MAX_FALLBACKS))[1:]:
            try:
                await self._load(earlier)
            except ModelError as error:
                log.warning("Version %s is no way back: %s", earlier.version, error)
            else:
                return

    async def _load(self, activation: Activation) -> None:
        folder = await self.fetch(activation.version)
        version = folder.manifest.version
        # From here on photos are read by the new version, whole.
        self._reader.use(folder.path, version)
        self.serving = ServedVersion(version, folder, activation)
        log.info("Version %s serves.", version)

    async def fetch(self, version: str | None) -> ModelFolder:
        """Load a version beside the one that serves; None is the shipped one.

        Raises:
            ModelError: it is damaged, absent, made for other preprocessing, or cannot read.
            StoreUnavailable: the database is away.
        """
        try:
            path = DEFAULT_MODEL
            if version is not None:
                archive = await versions.archive_of(self._database, version)
                path = await asyncio.to_thread(unpack, archive, self._cache / version)
            folder = await asyncio.to_thread(ModelFolder.open, path)
            await self._reader.load(folder.path)
        except InklingError:
            raise
        except Exception as error:
            # A version comes from a database that others may write to: whatever is wrong with
            # it, the version before goes on.
            log.debug("Version %s cannot be loaded.", version, exc_info=True)
            raise ModelError(f"Version {version} cannot be loaded ({error!r}).") from error
        return folder
