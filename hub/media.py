"""Files that messages carry: what is known of one, and what follows when fetching it fails.

A customer's file is fetched as soon as its message is stored. The message is shown at once and says `pending` until
the file is here; if it never comes, it says why.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol
from uuid import UUID

from attrs import frozen

from hub.message import MediaState
from hub.rights import Reader

THUMBNAIL = 320
"""Pixels of a thumbnail's longer side."""


UNSENT = timedelta(hours=24)
"""For how long an upload is kept that nobody sends or has in a draft."""

MOST_FORGOTTEN = 500
"""Uploads deleted at a time; the rest goes at the next."""


class Thumbnails(Protocol):
    """Pictures of messages, small."""

    async def of(self, id: UUID) -> str | None:
        """Where the thumbnail of a stored file is; None when it cannot be shown small. Raises Unavailable when too many
        wait for theirs, or the disk fails."""


@frozen
class DueFile:
    """A customer's file with something left to do: to be fetched (`pending`), or its message to be told how it ended.

    `age` is seconds since the message was stored, `tries` counts this one. `mime_type` and `filename` are as the
    channel announced them until the file is here; `sha256` is lower-case hex.
    """

    id: UUID
    channel: str
    conversation_id: UUID
    message_id: UUID
    state: MediaState
    age: float
    tries: int = 0
    provider_id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    filename: str | None = None
    reason: str | None = None


@frozen
class StoredFile:
    """What a file turned out to be: its bytes counted, their SHA-256 in hex, and the type that they show, if any."""

    size: int
    sha256: str
    mime_type: str | None


@frozen
class Upload:
    """A file that somebody of the company put in, for a message to come. `key` names the request that did."""

    id: UUID
    uploaded_by: UUID
    mime_type: str
    size: int
    sha256: str
    filename: str
    key: str | None = None


@frozen
class File:
    """A file as readers see it. `provider_id` is the id under which a channel has it too, while that is valid."""

    id: UUID
    state: MediaState
    mime_type: str | None
    size: int | None
    sha256: str | None
    filename: str | None
    provider_id: str | None = None


class Failure(StrEnum):
    """What a failed try means: there will be no file; try again later; or the channel has to be mended first, which
    the file is not to blame for."""

    FINAL = "final"
    LATER = "later"
    HELD = "held"


class FetchFailed(Exception):
    """A file could not be fetched. `reason` is a sentence for the reader of the message."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


@frozen
class Patience:
    """How long a file is tried for: `tries` of its own, with pauses of `first` seconds that double up to `longest`.

    While the channel is down it is tried every `held` seconds until `life` is over: WhatsApp keeps a customer's file
    for 7 days (Meta, "Media").
    """

    tries: int = 12
    first: float = 1.0
    longest: float = 3600.0
    held: float = 60.0
    life: timedelta = timedelta(days=7)

    def pause(self, failed: FetchFailed, due: DueFile) -> float | None:
        """Seconds until the next try, or None when this was the last one."""
        match failed.failure:
            case Failure.FINAL:
                return None
            case Failure.HELD:
                return self.held if due.age < self.life.total_seconds() else None
            case Failure.LATER:
                if due.tries >= self.tries:
                    return None
                return float(min(self.first * 2 ** max(due.tries - 1, 0), self.longest))


def check_arrived(found: StoredFile, sha256: str | None) -> None:
    """Whether these are the bytes that the channel announced, by their digest if it gave one. Raises FetchFailed."""
    if sha256 is not None and sha256 != found.sha256:
        raise FetchFailed(Failure.LATER, "The file arrived damaged.")
    if found.size == 0:
        raise FetchFailed(Failure.LATER, "The file arrived empty.")


@frozen
class Waveform:
    """How a sound looks: the loudest moments of 64 equal parts, from 0 to 100, and its length in seconds."""

    peaks: tuple[int, ...]
    duration: float


class Waveforms(Protocol):
    """How sounds look."""

    async def of(self, file: File) -> Waveform | None:
        """How a stored file looks; None for what cannot be heard, or is too large or too long. Raises Unavailable when
        too many wait for theirs."""


class MediaStore(Protocol):
    """Customers' files that have something left to do. Every method raises hub.errors.Unavailable when the database is
    away."""

    async def claim(self, channel: str, limit: int, lease: float) -> list[DueFile]:
        """Takes files that are due: nobody else gets them for `lease` seconds."""

    async def renew(self, ids: Sequence[UUID], lease: float) -> None:
        """Keeps them for that long from now."""

    async def release(self, ids: Sequence[UUID]) -> None:
        """Gives them back at once, as if they had not been tried."""

    async def later(self, id: UUID, seconds: float, *, burns_try: bool) -> None:
        """Has it tried again after so many seconds."""

    async def stored(self, id: UUID, found: StoredFile, filename: str | None, lease: float) -> bool:
        """The file is here; its message is still to be told. Answers False when somebody else has settled it."""

    async def failed(self, id: UUID, reason: str, lease: float) -> bool:
        """It never will be; its message is still to be told. Answers False when somebody else has settled it."""

    async def told(self, id: UUID) -> None:
        """The message says so."""


class IncomingFile(Protocol):
    """A file that is being written under a name of its own. What is not kept is gone at the end."""

    async def write(self, chunk: bytes) -> None:
        """Takes the next bytes. Raises PayloadTooLarge above the limit, Unavailable when the disk does not take it."""

    async def seal(self, declared: str | None) -> StoredFile:
        """All is written and safe on disk; says what it is. `declared` is the type that the sender gave."""

    async def keep(self, id: UUID) -> None:
        """Makes it the file of this id."""


class FileStore(Protocol):
    """Where files lie. Every method raises hub.errors.Unavailable when the disk fails."""

    def incoming(self, limit: int) -> AbstractAsyncContextManager[IncomingFile]:
        """A new file of at most `limit` bytes; it is gone at the end unless it was kept."""

    def path(self, id: UUID) -> str:
        """Where the file of this id is."""

    async def exists(self, id: UUID) -> bool:
        """Whether the file of this id is there."""

    async def open(self, id: UUID) -> BinaryIO | None:
        """The file, to be read and closed by the caller; None when there is none."""

    async def remove(self, id: UUID) -> None:
        """Deletes the file, if it is there."""


class MediaSource(Protocol):
    """A channel's files."""

    async def fetch(self, due: DueFile, take: Callable[[bytes], Awaitable[None]]) -> str | None:
        """Hands the file's bytes on, part by part; answers the SHA-256 (lower-case hex) that the channel names now.

        Raises FetchFailed; what `take` raises goes through."""


class Uploads(Protocol):
    """Files that people put in, and who may see which. Every method raises hub.errors.Unavailable when the database is
    away."""

    async def upload(self, upload: Upload) -> Upload:
        """Notes a file that was put in. Answers it, or the one that the same request put in before."""

    async def visible(self, reader: Reader, id: UUID) -> File | None:
        """The file if this reader may see it: with its conversation, or as its uploader while it has none."""


class OutgoingFiles(Protocol):
    """Files on their way to a channel. Every method raises hub.errors.Unavailable when the database is away."""

    async def outgoing(self, id: UUID, channel: str) -> File | None:
        """A file that is here, with the channel's own id of it while that is good."""

    async def known_to_channel(self, id: UUID, channel: str, provider_id: str, life: timedelta) -> None:
        """The channel has it under this id, for so long."""
