"""Carries accepted messages to the phones and reports their progress.

To one customer messages arrive in the order in which they were accepted. A phone that is offline gets them when it is
back; a blocked business sees `sent` and nothing more, as in life.
"""

from hub.demo.whatsapp import composition
from hub.demo.whatsapp.chat import Bubble
from hub.demo.whatsapp.customers import Customer
from hub.demo.whatsapp.envelope import Update
from hub.demo.whatsapp.ledger import Send
from hub.demo.whatsapp.statuses import Statuses
from hub.demo.whatsapp.surroundings import Surroundings

APART = 0.0001
"""Seconds between two arrivals on one phone, so that they have an order."""
OFFLINE_KEPT = 10_000
"""Messages that wait for an offline phone; beyond, the oldest are dropped without a word, as after Meta's 30 days."""


class Carrier:
    """Schedules what happens to each message after its acceptance."""

    def __init__(self, world: Surroundings, statuses: Statuses) -> None:
        self._world = world
        self._statuses = statuses
        self._waiting: dict[str, list[Send]] = {}

    def fail(self, send: Send, code: int, customer: Customer | None) -> None:
        """Report a failure a moment later."""
        identity = customer.identity if customer else None
        delay = self._world.draw(self._world.timings.sent)
        self._world.agenda.later(delay, lambda: _ignore(self._statuses.report_failure(send, code, identity)))

    def carry(self, send: Send, customer: Customer) -> None:
        """Report `sent`, then let it arrive."""
        delay = self._world.draw(self._world.timings.sent)
        self._world.agenda.later(delay, lambda: _ignore(self.sent(send, customer)))
        self.deliver(send, customer, delay)

    def sent(self, send: Send, customer: Customer) -> Update:
        """Report `sent` now."""
        return self._statuses.report(send, "sent", customer.identity, priced=send.type != "reaction")

    def deliver(self, send: Send, customer: Customer, earliest: float = 0.0) -> None:
        """Let it arrive after the usual delay, not before `earliest` seconds and not before what was sent earlier."""
        if customer.blocks_business:
            return
        delay = max(earliest, self._world.draw(self._world.timings.delivered))
        customer.last_arrival = max(self._world.agenda.now() + delay, customer.last_arrival + APART)
        self._world.agenda.at(customer.last_arrival, lambda: self._arrive(send, customer))

    def go_offline(self, customer: Customer) -> None:
        """Switch the phone off."""
        customer.is_offline = True

    def go_online(self, customer: Customer) -> None:
        """Switch it on: everything that waited arrives."""
        customer.is_offline = False
        for send in self._waiting.pop(customer.number, []):
            self._arrive(send, customer)

    def _arrive(self, send: Send, customer: Customer) -> None:
        if customer.is_offline:
            waiting = self._waiting.setdefault(customer.number, [])
            waiting.append(send)
            del waiting[:-OFFLINE_KEPT]
        elif send.type == "reaction":
            self._apply_reaction(send, customer)
        else:
            self._show(send, customer)

    def _show(self, send: Send, customer: Customer) -> None:
        content, now = send.body.get(send.type), self._world.clock.now()
        bubble = Bubble(send.wamid, False, now, send.type, content, send.body.get("context"), status="delivered")
        bubble.text = send.shown or composition.summary(send.type, content)
        if not customer.chat_is_open or self._world.habits.delivered_before_read:
            self._statuses.report(send, "delivered", customer.identity, priced=True)
            bubble.priced = True
        customer.receive(bubble)
        if customer.chat_is_open:
            self._world.agenda.later(self._world.draw(self._world.timings.read), lambda: customer.read(bubble))

    def _apply_reaction(self, send: Send, customer: Customer) -> None:
        reaction = send.body["reaction"]
        bubble = customer.chat.find(reaction["message_id"])
        if bubble is not None:
            bubble.reactions.pop("business", None)
            if reaction["emoji"]:
                bubble.reactions["business"] = reaction["emoji"]
            self._world.feed.publish("changed", customer.number)


def _ignore(_: Update) -> None:
    """A timer wants no result."""
