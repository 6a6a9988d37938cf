"""Saved replies: texts that are written again and again, found by a shortcut."""

import re
import unicodedata
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.errors import Invalid
from hub.rights import Reader
from hub.sharing import Sharing

LONGEST_SHORTCUT = 32
SHORTCUT = r"[^\s/{}]{1,32}"
"""How a shortcut is written: one word, which the page finds after a slash."""

LONGEST_TEXT = 4096
"""Characters of a text: those of a message."""

VARIABLES = ("agent.name", "conversation.number", "customer.name", "customer.phone", "team.name")
"""What a text may leave open. Whoever sends it fills it in; the hub does not."""

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@frozen
class SavedReply:
    """A saved reply."""

    id: UUID
    sharing: Sharing
    shortcut: str
    text: str
    version: int
    created_at: datetime

    @property
    def variables(self) -> tuple[str, ...]:
        """What the text leaves open, each once, as they come."""
        return variables(self.text)


def same_shortcut(shortcut: str) -> str:
    """The form in which two spellings of one shortcut are equal."""
    return unicodedata.normalize("NFC", shortcut).casefold()


def variables(text: str) -> tuple[str, ...]:
    """What stands in double braces, each once, in the order it comes."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def check_text(text: str) -> None:
    """Raises Invalid where the text leaves open what nobody can fill in: a customer would read the braces."""
    unknown = [name for name in variables(text) if name not in VARIABLES]
    if unknown:
        known = ", ".join(VARIABLES)
        raise Invalid(errors=[{"path": "$.text", "message": f"has variables that are not known; there are {known}"}])


class SavedReplies(Protocol):
    """Where saved replies are kept. Every method raises Unavailable when the database is away."""

    async def find(self, id: UUID) -> SavedReply | None:
        """The saved reply, if there is one."""

    async def page(self, reader: Reader, prefix: str, after: tuple[str, UUID] | None, limit: int) -> list[SavedReply]:
        """What the reader has before him and begins like this, by shortcut, after a (`same_shortcut`, id)."""

    async def create(self, sharing: Sharing, shortcut: str, text: str) -> SavedReply:
        """A new one. Raises AlreadyExists when its holder has one of this shortcut."""

    async def change(self, id: UUID, version: int | None, shortcut: str | None, text: str | None) -> SavedReply:
        """Changes what is not None. Raises NotFound, StaleVersion (unless `version` is None), AlreadyExists."""

    async def delete(self, id: UUID) -> None:
        """Removes one, if it is there."""
