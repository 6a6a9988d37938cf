"""Mentions: people and teams named in what colleagues write to each other, and who is told because of them.

A mention is an id beside the text, never a word found in it: names have spaces, change, and belong to several.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import frozen

from hub.errors import Invalid
from hub.rights import Reader

MOST_MENTIONS = 20
"""Mentions in one text. Above it the text is refused as `invalid_request`."""

MOST_MEANT = 500
"""People whom the mentions of one text mean, so that one change stays small. Above it the text is refused likewise."""


class MentionType(StrEnum):
    """Who can be mentioned."""

    USER = "user"
    TEAM = "team"


@frozen
class Mention:
    """Somebody named, with the name of that time."""

    type: MentionType
    id: UUID
    name: str


@frozen
class Mentioned:
    """A mention with the people it means, as their rights are now: one person, or a team's members."""

    mention: Mention
    people: tuple[Reader, ...]


def view(mention: Mention) -> dict[str, Any]:
    """The mention as the API, the events and the database hold it."""
    return {"type": mention.type, "id": mention.id, "name": mention.name}


def from_view(shown: dict[str, Any]) -> Mention:
    """A mention that the database holds."""
    return Mention(MentionType(shown["type"]), UUID(shown["id"]), shown["name"])


def meant(
    mentions: Sequence[Mentioned], author_id: UUID, sees: Callable[[Reader], bool]
) -> tuple[tuple[UUID, Mention], ...]:
    """Who is to be told, each once and never the author; that one was named oneself counts before that one's team was.

    Of a team those are told who `sees` what it is about. Raises Invalid where a person is named who does not: they
    would be told of something that they cannot open.
    """
    blind = [
        {"path": f"$.mentions[{place}]", "message": "cannot see this"}
        for place, mentioned in enumerate(mentions)
        if mentioned.mention.type is MentionType.USER and not all(map(sees, mentioned.people))
    ]
    if blind:
        raise Invalid(errors=blind)
    told: dict[UUID, Mention] = {}
    for mentioned in sorted(mentions, key=lambda mentioned: mentioned.mention.type is MentionType.TEAM):
        for person in mentioned.people:
            if person.user_id != author_id and sees(person):
                told.setdefault(person.user_id, mentioned.mention)
    if len(told) > MOST_MEANT:
        raise Invalid(errors=[{"path": "$.mentions", "message": f"mean more than {MOST_MEANT} people"}])
    return tuple(told.items())
