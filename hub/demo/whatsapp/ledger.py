"""The world's own account of what really happened: what the business sent, and which webhooks it was posted.

Every list is bounded: beyond its length the oldest entries are forgotten and counted in `forgotten`.
"""

import asyncio
from collections import deque
from typing import Any

import orjson
from attrs import define, field, frozen

SENDS_KEPT = 200_000
WEBHOOKS_KEPT = 20_000


@define
class Send:
    """A message that Graph accepted. `order` counts from 1; `wa_id` and `bsuid` say whom it reached, if anybody."""

    order: int
    at: float
    body: dict[str, Any]
    wamid: str
    wa_id: str | None
    bsuid: str | None
    category: str = "service"
    """What it is priced as: `service`, or the template's category."""
    shown: str | None = None
    """A template's body as the customer reads it."""
    statuses: list[str] = field(factory=list)

    @property
    def type(self) -> str:
        """`text`, `image`, `template`, …"""
        return str(self.body.get("type", "text"))

    @property
    def opaque(self) -> str | None:
        """The sender's `biz_opaque_callback_data`."""
        return self.body.get("biz_opaque_callback_data")

    @property
    def text(self) -> str | None:
        """The body of a text, or the caption of a medium."""
        part = self.body.get(self.type)
        return (part.get("body") or part.get("caption")) if isinstance(part, dict) else None


@frozen
class Attempt:
    """A request to `/messages`, accepted or not. `outcome`: `accepted`, an error code, or `fault:<kind>`."""

    at: float
    body: Any
    outcome: str


@frozen
class Try:
    """One POST of a webhook: the answer's status, None if there was none, and how many seconds it took."""

    at: float
    status: int | None
    seconds: float


@define(eq=False)
class WebhookPost:
    """A webhook and what became of it. `settled` is set once it was answered with 200 or given up."""

    raw: bytes
    signature: str
    created_at: float
    tries: list[Try] = field(factory=list)
    abandoned: bool = False
    settled: asyncio.Event = field(factory=asyncio.Event)

    @property
    def accepted(self) -> bool:
        """Whether the receiver answered 200."""
        return bool(self.tries) and self.tries[-1].status == 200

    def json(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.raw)


class Ledger:
    """Everything accepted, refused and posted, oldest first."""

    def __init__(self) -> None:
        self.sends: deque[Send] = deque(maxlen=SENDS_KEPT)
        self.attempts: deque[Attempt] = deque(maxlen=SENDS_KEPT)
        self.reads: deque[str] = deque(maxlen=SENDS_KEPT)
        self.typings: deque[str] = deque(maxlen=SENDS_KEPT)
        self.webhooks: deque[WebhookPost] = deque(maxlen=WEBHOOKS_KEPT)
        self.unsubscribed = 0
        """Updates that went nowhere because no webhook was subscribed."""
        self.overflowed = 0
        """Updates dropped because too many were outstanding."""
        self.forgotten = 0
        self._order = 0
        self._by_wamid: dict[str, Send] = {}

    def record_send(self, send: Send) -> None:
        """Remember an accepted message."""
        if len(self.sends) == SENDS_KEPT:
            self.forgotten += 1
            self._by_wamid.pop(self.sends[0].wamid, None)
        self.sends.append(send)
        self._by_wamid[send.wamid] = send

    def next_order(self) -> int:
        """The number of the next accepted message."""
        self._order += 1
        return self._order

    def send(self, wamid: str) -> Send:
        """The accepted message with this id. Raises KeyError."""
        return self._by_wamid[wamid]

    def sends_to(self, address: str) -> list[Send]:
        """What was sent to one customer (phone number in any notation, or business-scoped user id)."""
        plain = address.lstrip("+").replace(" ", "")
        return [send for send in self.sends if plain in (send.wa_id, send.bsuid, str(send.body.get("to")).lstrip("+"))]

    def record_webhook(self, post: WebhookPost) -> None:
        """Remember a webhook."""
        if len(self.webhooks) == WEBHOOKS_KEPT:
            self.forgotten += 1
        self.webhooks.append(post)

    def tries(self) -> list[Try]:
        """Every POST that was made, in the order of the webhooks' creation."""
        return [attempt for post in self.webhooks for attempt in post.tries]
