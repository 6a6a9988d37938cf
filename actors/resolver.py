"""Two readers that answer many actors with one query: whose an address is, and how a conversation stands.

A restart, or a campaign that a thousand customers answer at once, wakes many actors in the same moment. Each asks
here; what has gathered is read together.
"""

from collections.abc import Sequence
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import Actor, Bound, Context, Kind, Mail, Policy
from hub.conversation.state import Desk, Status
from hub.customer import Address, Known
from hub.errors import Unavailable
from hub.ports import ConversationStore

LIMIT = 5_000
"""Questions that may wait. Above it the asker is refused, and doors answer 503."""

BATCH = 200


@frozen
class Resolve:
    """Asks whose these addresses of one customer are, the most telling first. `team` is the channel's, by name."""

    addresses: tuple[Address, ...]
    team: str


@frozen
class Resolved:
    """For each address of the question what is known of it. `number` and `team_id` are for the next conversation,
    if none goes on."""

    known: tuple[Known | None, ...]
    number: int | None
    team_id: UUID | None = None


class Resolver(Actor):
    """Answers `Resolve`."""

    __slots__ = ("_store",)

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """One query for all addresses, one more for as many numbers as are needed."""
        questions: list[Resolve] = [mail.message for mail in mails]
        try:
            found = await self._store.resolve([a for question in questions for a in question.addresses])
            answers: list[tuple[Known | None, ...]] = []
            for question in questions:
                answers.append(tuple(found[: len(question.addresses)]))
                found = found[len(question.addresses) :]
            needed = [not _goes_on(first_known(answer)) for answer in answers]
            teams = [question.team for question, need in zip(questions, needed, strict=True) if need]
            openings = iter(await self._store.openings(teams) if teams else ())
        except Unavailable as error:
            for mail in mails:
                mail.fail(error)
            return
        for mail, answer, need in zip(mails, answers, needed, strict=True):
            mail.reply(Resolved(answer, *(next(openings) if need else (None, None))))


def first_known(known: tuple[Known | None, ...]) -> Known | None:
    """Who the customer is: the most telling address that is somebody's decides, should several be."""
    return next((candidate for candidate in known if candidate is not None), None)


def _goes_on(known: Known | None) -> bool:
    return known is not None and known.conversation_id is not None and known.status is not Status.CLOSED


class Loader(Actor):
    """Answers a conversation's id with its `Desk`, or None when there is no such conversation."""

    __slots__ = ("_store",)

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """One query for all ids."""
        ids: list[UUID] = [mail.message for mail in mails]
        try:
            desks: dict[UUID, Desk] = await self._store.load(ids)
        except Unavailable as error:
            for mail in mails:
                mail.fail(error)
            return
        for mail in mails:
            mail.reply(desks.get(mail.message))


def reader_kinds(store: ConversationStore) -> tuple[Kind, Kind]:
    """The two kinds; there is one actor of each, under the key 0."""

    def resolver(key: object, context: Context) -> Resolver:
        return Resolver(store)

    def loader(key: object, context: Context) -> Loader:
        return Loader(store)

    bound = Bound(LIMIT, Policy.REJECT)
    return (
        Kind(kinds.RESOLVER, resolver, bound, batch=BATCH, idle_after=None),
        Kind(kinds.LOADER, loader, bound, batch=BATCH, idle_after=None),
    )
