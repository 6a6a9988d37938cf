"""Two customers who turn out to be one person: what becomes of their attributes and their conversations.

The target stays, the source is merged into it. Nothing is lost: what the target has already wins, and what was known of
the source is kept with the record of the merge.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.conversation.attributes import merged
from hub.conversation.commands import Author
from hub.customer import Address, Customer
from hub.errors import Invalid


@frozen
class Standing:
    """A conversation as the merge has to know it."""

    id: UUID
    number: int
    channel: str
    live: bool


@frozen
class Step:
    """What becomes of a conversation of the source: handed over, after it has ended in `into` if there is one."""

    conversation: Standing
    into: Standing | None


def united(target: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of both. The target's stay as they are; the source's are added by name while they fit the bounds
    of `hub.conversation.attributes`."""
    both = dict(target)
    for name in sorted(source.keys() - target.keys()):
        try:
            both = merged(both, {name: source[name]})
        except Invalid:  # what does not fit is left out, and smaller ones after it may fit
            continue
    return both


def steps(sources: Sequence[Standing], targets: Iterable[Standing]) -> list[Step]:
    """What becomes of each conversation of the source. On a channel where both have one that goes on, the target's
    does: there can be one only."""
    goes_on = {standing.channel: standing for standing in targets if standing.live}
    return [Step(standing, goes_on.get(standing.channel) if standing.live else None) for standing in sources]


@frozen
class Merging:
    """A merge under way: the target as it is now, the conversations of both that the merge concerns, and all addresses
    that are the target's by now."""

    target: Customer
    sources: tuple[Standing, ...]
    targets: tuple[Standing, ...]

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses of the one person."""
        return self.target.addresses


class CustomerMerges(Protocol):
    """Where merges are stored. Raises Unavailable when the database is away."""

    async def merge(self, source_id: UUID, target_id: UUID, author: Author) -> Merging:
        """Makes the source's addresses and attributes the target's and keeps a record; when that was done before, moves
        what has come since. Answers what is left of conversations. Raises NotFound when the source is not there,
        Invalid at `$.into` when the target is not."""
