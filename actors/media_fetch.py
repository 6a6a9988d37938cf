"""One file's errand: fetch it, note that it is here, and see that its message says so.

Each step can be lost and done again: bytes without a row are overwritten, a row whose message was not told stays due.
The row comes before the message, so that whoever reads the news can also read the file.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import attrs
from attrs import field, frozen

from actors import kinds
from actors.kernel import KernelError, Ref, System
from hub.conversation.commands import MediaSettled
from hub.errors import HubError, PayloadTooLarge, Unavailable
from hub.media import (
    DueFile,
    Failure,
    FetchFailed,
    FileStore,
    MediaSource,
    MediaStore,
    Patience,
    StoredFile,
    check_arrived,
)
from hub.media_type import clean_name, label
from hub.message import MediaState

log = logging.getLogger("hub.media")

ASK = 8.0

LEASE = 20.0
"""Seconds for which a file is ours without a further word; the fetcher renews it while the errand runs."""

TELL_AGAIN = 5.0
"""Seconds until a message that could not be told is told again, for as long as it takes."""


@frozen
class Over:
    """An errand has ended. It is due again in `retry_in` seconds, if at all."""

    id: UUID
    retry_in: float | None = None


@frozen
class Fetching:
    """Runs the errands of one channel. `limit` are the bytes of the largest file that is taken; `count` is told how
    each try ended: stored, retried, held, failed."""

    system: System
    store: MediaStore
    files: FileStore
    source: MediaSource
    limit: int
    count: Callable[[str], None]
    patience: Patience = field(factory=Patience)

    async def run(self, due: DueFile, fetcher: Ref) -> None:
        """Carries one file as far as it goes, and tells the fetcher."""
        over = Over(due.id)
        try:
            over = await self._carry(due)
        except Unavailable:
            log.info("a file waits for the database", extra={"channel": due.channel})  # it is due when its lease ends
        finally:
            try:
                fetcher.tell(over)
            except KernelError:
                log.info("the fetcher is gone; its files become due again")

    async def _carry(self, due: DueFile) -> Over:
        if due.state is not MediaState.PENDING:
            return await self._tell(due)
        try:
            settled = await self._fetch(due)
        except FetchFailed as failed:
            pause = self.patience.pause(failed, due)
            if pause is not None:
                return await self._again(due, failed, pause)
            settled = await self._give_up(due, failed)
        return Over(due.id) if settled is None else await self._tell(settled)

    # Fetching

    async def _fetch(self, due: DueFile) -> DueFile | None:
        """The file as it came; None when another replica was faster and tells of it."""
        found = await self._download(due)
        mime_type = label(found.mime_type, due.mime_type)
        filename = clean_name(due.filename, mime_type) if due.filename else None
        found = attrs.evolve(found, mime_type=mime_type)
        if not await self.store.stored(due.id, found, filename, LEASE):
            return None
        self.count("stored")
        return attrs.evolve(
            due, state=MediaState.STORED, mime_type=mime_type, size=found.size, filename=filename, reason=None
        )

    async def _download(self, due: DueFile) -> StoredFile:
        """The file, whole and in its place. Raises FetchFailed, whatever went wrong."""
        try:
            async with self.files.incoming(self.limit) as incoming:
                sha256 = await self.source.fetch(due, incoming.write)
                found = await incoming.seal(due.mime_type)
                check_arrived(found, due.sha256 or sha256)
                await incoming.keep(due.id)
                return found
        except PayloadTooLarge:
            raise FetchFailed(Failure.FINAL, f"The file is larger than {self.limit} bytes.") from None
        except HubError as error:
            raise FetchFailed(Failure.LATER, error.detail) from error
        except (FetchFailed, asyncio.CancelledError):
            raise
        except Exception as error:
            log.exception("fetching a file failed", extra={"channel": due.channel})
            raise FetchFailed(Failure.LATER, "The hub could not fetch the file.") from error

    async def _again(self, due: DueFile, failed: FetchFailed, pause: float) -> Over:
        is_held = failed.failure is Failure.HELD
        log.warning("a file is tried again", extra={"channel": due.channel, "reason": failed.reason, "try": due.tries})
        await self.store.later(due.id, pause, burns_try=not is_held)
        self.count("held" if is_held else "retried")
        return Over(due.id, pause)

    async def _give_up(self, due: DueFile, failed: FetchFailed) -> DueFile | None:
        log.warning("a file is given up", extra={"channel": due.channel, "reason": failed.reason, "try": due.tries})
        if not await self.store.failed(due.id, failed.reason, LEASE):
            return None
        self.count("failed")
        return attrs.evolve(due, state=MediaState.FAILED, reason=failed.reason)

    # Telling

    async def _tell(self, settled: DueFile) -> Over:
        command = MediaSettled(settled.message_id, shown(settled))
        try:
            await self.system.ref(kinds.CONVERSATION, settled.conversation_id).ask(command, timeout=ASK)
        except (HubError, KernelError) as error:
            log.info("a message waits to be told of its file", extra={"reason": type(error).__name__})
            await self.store.later(settled.id, TELL_AGAIN, burns_try=False)
            return Over(settled.id, TELL_AGAIN)
        await self.store.told(settled.id)
        return Over(settled.id)


def shown(settled: DueFile) -> dict[str, Any]:
    """What the message says of its file."""
    return {
        "state": settled.state,
        "mime_type": settled.mime_type,
        "filename": settled.filename,
        "size": settled.size,
        "reason": settled.reason,
    }
