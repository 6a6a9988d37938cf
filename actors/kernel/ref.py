"""The address of an actor: all that anybody outside of it ever holds."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, Protocol

from actors.kernel.deadlines import Deadlines
from actors.kernel.errors import AskCycle
from actors.kernel.mail import CHAIN, TRACE, Ask, Mail


class Office(Protocol):
    """Where the mail of one kind is posted."""

    name: str
    clock: Callable[[], float]
    deadlines: Deadlines

    def post(self, ref: "Ref", key: Hashable, mail: Mail, urgent: bool) -> None: ...


class Ref:
    """Names an actor by kind and key, whether or not it is in memory. Immutable, hashable, cheap to make and to drop.

    To be used on the loop's thread. `tell`, `ask` and `forward` raise MailboxFull, Blocked or Stopping at once.
    """

    __slots__ = ("_key", "_office")

    def __init__(self, office: Office, key: Hashable) -> None:
        self._office = office
        self._key = key

    @property
    def kind(self) -> str:
        return self._office.name

    @property
    def key(self) -> Any:
        return self._key

    def tell(self, message: object, *, urgent: bool = False) -> None:
        """Posts a message and expects no answer. `urgent` mail overtakes all that is not."""
        self._office.post(self, self._key, Mail(message, TRACE.get()), urgent)

    async def ask(self, message: object, *, timeout: float) -> Any:  # noqa: ASYNC109 - a deadline that travels
        """Posts a message and waits for its answer, at most `timeout` seconds.

        Raises AskTimeout, AskCycle, or what the handler raised. Cancelling the ask never cancels the handler; mail
        that nobody waits for any more is skipped when its turn comes.
        """
        return await self.ask_nowait(message, timeout=timeout)

    def ask_nowait(self, message: object, *, timeout: float) -> "asyncio.Future[Any]":
        """As `ask`, but returns the future of the answer at once."""
        chain = CHAIN.get()
        if chain and self in chain:
            raise self._cycle(chain)
        office = self._office
        reply = asyncio.get_running_loop().create_future()
        mail = Ask(message, TRACE.get(), reply, office.clock() + timeout, chain)
        office.post(self, self._key, mail, False)
        office.deadlines.add(reply, timeout, office.name)
        return reply

    def forward(self, message: object, mail: Mail) -> None:
        """Hands the right and the duty to answer `mail` to this actor, with its deadline and trace.

        What the forwarding handler returns no longer answers it. Raises AskCycle when this actor is among those that
        wait for the mail.
        """
        onward = mail.onward(message, CHAIN.get()[-1:])
        if self in onward.chain:
            raise self._cycle(onward.chain)
        self._office.post(self, self._key, onward, False)
        mail.hand_over()

    def _cycle(self, chain: tuple[Hashable, ...]) -> AskCycle:
        return AskCycle([ref.kind for ref in (*chain, self) if isinstance(ref, Ref)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self._office is other._office and self._key == other._key

    def __hash__(self) -> int:
        return hash((self._office.name, self._key))

    def __repr__(self) -> str:
        return f"Ref({self.kind}, …)"  # without the key, which may be a phone number
