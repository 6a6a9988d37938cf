"""Views: lists of conversations under a name, narrowed in the same words as the list itself."""

import unicodedata
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.rights import Reader
from hub.sharing import Sharing

LONGEST_NAME = 64


@frozen
class View:
    """A view. `filter` holds the fields of the list's query by name, those that are not given left out; `me` is
    whoever looks."""

    id: UUID
    sharing: Sharing
    name: str
    filter: dict[str, Any]
    version: int
    created_at: datetime


def same_name(name: str) -> str:
    """The form in which two spellings of one name are equal."""
    return unicodedata.normalize("NFC", name).casefold()


class Views(Protocol):
    """Where views are kept. Every method raises Unavailable when the database is away."""

    async def find(self, id: UUID) -> View | None:
        """The view, if there is one."""

    async def page(self, reader: Reader, after: tuple[str, UUID] | None, limit: int) -> list[View]:
        """What the reader has before him, by name, after a (`same_name`, id)."""

    async def create(self, sharing: Sharing, name: str, filter: dict[str, Any]) -> View:
        """A new one. Raises AlreadyExists when its holder has one of this name."""

    async def change(self, id: UUID, version: int | None, name: str | None, filter: dict[str, Any] | None) -> View:
        """Changes what is not None. Raises NotFound, StaleVersion (unless `version` is None), AlreadyExists."""

    async def delete(self, id: UUID) -> None:
        """Removes one, if it is there."""
