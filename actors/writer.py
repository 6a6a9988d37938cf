"""The one writer of a replica: it takes what is waiting, has it written in one batch, and only then answers.

Nothing is answered, pushed or sent that could still be rolled back. While a batch is under way the next one gathers,
so that load makes batches larger instead of queues longer.
"""

from collections.abc import Callable, Iterator, Sequence

from actors import kinds
from actors.kernel import Actor, Bound, Context, Kind, Mail, Policy
from hub.errors import Unavailable
from hub.journal import Change, Committed
from hub.ports import JournalPort

LIMIT = 5_000
"""Changes that may wait. Above it the writer refuses, and doors answer 503."""

BATCH = 200
"""Changes in one batch at most, so that one statement stays short."""

ROWS = 4_000
"""Rows in one batch at most, counting messages and events; a larger single change still goes, alone."""


class Writer(Actor):
    """Brings changes to the journal, batch by batch."""

    __slots__ = ("_journal", "_publish")

    def __init__(self, journal: JournalPort, publish: Callable[[Committed], None]) -> None:
        """`publish` is told of each commit's events, in order, before anybody is answered. It must not block."""
        self._journal = journal
        self._publish = publish

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """Each mail carries a `Change` and is answered its `Outcome`, or the error that it met."""
        for portion in _portions(mails):
            await self._write(portion)

    async def _write(self, mails: Sequence[Mail]) -> None:
        try:
            outcomes, commits = await self._journal.append([mail.message for mail in mails])
        except Unavailable as error:
            for mail in mails:
                mail.fail(error)
            return
        for committed in commits:
            if committed.events:
                self._publish(committed)
        for mail, outcome in zip(mails, outcomes, strict=True):
            if isinstance(outcome, Exception):
                mail.fail(outcome)
            else:
                mail.reply(outcome)


def weight(change: Change) -> int:
    """About how many rows a change has."""
    effects = change.effects
    return 1 + len(effects.messages) + len(effects.updates) + len(effects.events)


def _portions(mails: Sequence[Mail]) -> Iterator[Sequence[Mail]]:
    portion: list[Mail] = []
    rows = 0
    for mail in mails:
        if portion and rows + weight(mail.message) > ROWS:
            yield portion
            portion, rows = [], 0
        portion.append(mail)
        rows += weight(mail.message)
    if portion:
        yield portion


def kind(journal: JournalPort, publish: Callable[[Committed], None]) -> Kind:
    """The writer's kind; there is one, under the key 0."""

    def create(key: object, context: Context) -> Writer:
        return Writer(journal, publish)

    return Kind(kinds.WRITER, create, Bound(LIMIT, Policy.REJECT), batch=BATCH, idle_after=None)
