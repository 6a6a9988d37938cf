"""Tags: the words by which conversations are sorted. Supervisors define them; conversations carry their names.

Because conversations carry the name itself, a new name, or the end of a tag, is carried to them one by one: the journal
orders it among their other changes and everybody is told. Until that is done the old name stays taken (`Retagging`).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.errors import Invalid

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 200

COLOUR = r"#[0-9a-f]{6}"
"""How a colour is written."""

USUAL_COLOUR = "#6b7280"

MOST_OF_ONE = 100
"""Tags on one conversation. Above it another one is refused as `invalid_request`."""

GRACE = timedelta(seconds=30)
"""How long after the last conversation has lost it an old name stays taken: longer than a request that still puts it
on a conversation can take."""


@frozen
class Tag:
    """A tag as it is defined."""

    id: UUID
    name: str
    colour: str
    description: str
    version: int
    created_at: datetime


@frozen
class TagChange:
    """What to change of a tag; None leaves it."""

    name: str | None = None
    colour: str | None = None
    description: str | None = None


@frozen
class Retagging:
    """A name that conversations may still carry: they get `new` instead, or nothing. `by` is who wanted it so."""

    id: UUID
    old: str
    new: str | None
    by_id: UUID
    by_name: str


def clean_name(text: str) -> str:
    """The name as it is kept: composed (NFC), without space around it and with single spaces in it.

    Raises Invalid when nothing to read is left, it is too long, or holds characters that cannot be shown.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(errors=[{"path": "$.name", "message": f"must have 1 to {LONGEST_NAME} characters"}])
    if any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") for character in name):
        raise Invalid(errors=[{"path": "$.name", "message": "holds characters that cannot be shown"}])
    return name


def same_name(name: str) -> str:
    """The form in which two spellings of one tag are equal: `VIP` is `vip`."""
    return unicodedata.normalize("NFC", name).casefold()


def with_tag(tags: Sequence[str], name: str) -> tuple[str, ...]:
    """The tags and this one, by name; as they are when it is among them, however it is spelt.

    The order does not tell in which order they were put on, so that of two people who tag at once nobody is the last.
    """
    if same_name(name) in map(same_name, tags):
        return tuple(tags)
    return _sorted((*tags, name))


def without_tag(tags: Iterable[str], name: str) -> tuple[str, ...]:
    """The tags but this one, however it is spelt."""
    gone = same_name(name)
    return tuple(tag for tag in tags if same_name(tag) != gone)


def renamed(tags: Sequence[str], old: str, new: str | None) -> tuple[str, ...]:
    """The tags with this very name replaced by the new one, or taken out."""
    if old not in tags:
        return tuple(tags)
    rest = tuple(tag for tag in tags if tag != old)
    return rest if new is None else with_tag(rest, new)


def _sorted(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(tags, key=lambda tag: (same_name(tag), tag)))


class Tags(Protocol):
    """Where tags are defined. Every method raises Unavailable when the database is away."""

    async def find(self, tag_id: UUID) -> Tag | None:
        """The tag, if there is one."""

    async def named(self, name: str) -> Tag | None:
        """The tag of this name, however it is spelt."""

    async def page(self, after: tuple[str, UUID] | None, limit: int) -> list[Tag]:
        """Tags by name, beginning after a (`same_name`, id)."""

    async def create(self, name: str, colour: str, description: str) -> Tag:
        """A new tag. Raises AlreadyExists, also while conversations lose a former one of this name."""

    async def change(self, tag_id: UUID, version: int | None, change: TagChange, by: tuple[UUID, str]) -> Tag:
        """Changes a tag; a new name is noted for the conversations. Raises NotFound, StaleVersion (unless `version` is
        None), AlreadyExists."""

    async def delete(self, tag_id: UUID, by: tuple[UUID, str]) -> None:
        """Removes a tag and notes it for the conversations. Raises NotFound."""


class Retaggings(Protocol):
    """What conversations still have to be told of tags. Every method raises Unavailable when the database is away."""

    async def pending(self) -> list[Retagging]:
        """What is not done, the oldest first."""

    async def carriers(self, name: str, limit: int) -> list[UUID]:
        """Conversations that carry this very name."""

    async def settle(self, retagging_id: UUID) -> None:
        """Forgets one that nobody carries any more, once its `GRACE` is over."""
