"""The payment system's webhooks, signed as Standard Webhooks has it, and the ways in which they arrive wrong.

`{"type": "transaction.updated", "timestamp": …, "data": {id, status, amount, currency, customer_id, updated_at, …}}`
"""

import asyncio
import base64
import contextlib
import hmac
import io
import secrets
import time
from collections import deque
from datetime import datetime, timedelta

import aiohttp
import orjson
from attrs import define, field, frozen

from hub.demo.back_office.credentials import Credentials
from hub.demo.back_office.faults import Faults
from hub.demo.back_office.payments import Payment, moment

TRIES = 6
"""Tries of one webhook, of which the first follows at once, each further one after twice the time; then it is dropped.
"""
FIRST_PAUSE, PATIENCE = 0.2, 5.0
WAITING = 1000
"""Webhooks under way; beyond it a new one is dropped."""
KEPT = 1000


@define
class Post:
    """A webhook and the statuses with which it was answered; None where there was no answer."""

    id: str
    body: bytes
    answers: list[int | None] = field(factory=list)

    @property
    def accepted(self) -> bool:
        """Whether it arrived."""
        return bool(self.answers) and self.answers[-1] is not None and 200 <= self.answers[-1] < 300


@frozen
class Forgery:
    """What is wrong with a webhook that is sent on purpose. `age`: seconds by which its timestamp is old."""

    secret: str | None = None
    age: float = 0.0
    id: str | None = None
    at: datetime | None = None
    """When the change is said to have happened."""


class Webhooks:
    """Tells `url` of changes until it is stopped. Without a `url` nobody is told."""

    def __init__(self, credentials: Credentials, faults: Faults) -> None:
        self._credentials, self._faults = credentials, faults
        self.url = ""
        self.posts: deque[Post] = deque(maxlen=KEPT)
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Opens the connections."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))

    async def stop(self) -> None:
        """Stops at once; what was not delivered stays undelivered."""
        for task in tuple(self._tasks):
            task.cancel()
        for task in tuple(self._tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._session is not None:
            await self._session.close()

    async def quiet(self, patience: float = 10.0) -> None:
        """Waits until every webhook was delivered or dropped. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while self._tasks:
                await asyncio.wait(tuple(self._tasks))

    def tell(self, payment: Payment) -> None:
        """A payment has changed."""
        wishes = self._faults.webhooks
        if not self.url or wishes.muted or len(self._tasks) >= WAITING:
            return
        post = Post(f"msg_{secrets.token_hex(12)}", event(payment))
        self.posts.append(post)
        for _ in range(1 + wishes.duplicates):
            task = asyncio.create_task(self._deliver(post, wishes.delay))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def send(self, payment: Payment, forgery: Forgery | None = None) -> int:
        """One POST about a payment, wrong in the way that is asked for. Returns the status."""
        wrong = forgery or Forgery()
        post = Post(wrong.id or f"msg_{secrets.token_hex(12)}", event(payment, wrong.at))
        self.posts.append(post)
        timestamp = int(time.time() - wrong.age)
        status = await self._post(post, signed(post, timestamp, wrong.secret or self._credentials.webhook_secret))
        post.answers.append(status)
        return status

    async def _deliver(self, post: Post, delay: float) -> None:
        await asyncio.sleep(delay)
        for attempt in range(TRIES):
            try:
                status = await self._post(post, signed(post, int(time.time()), self._credentials.webhook_secret))
            except (aiohttp.ClientError, TimeoutError, OSError):
                post.answers.append(None)
            else:
                post.answers.append(status)
                if status < 500 and status != 429:
                    return
            await asyncio.sleep(FIRST_PAUSE * 2**attempt)

    async def _post(self, post: Post, headers: dict[str, str]) -> int:
        if self._session is None:
            raise RuntimeError("the office has not been started")
        given = {"Content-Type": "application/json", **headers}
        async with self._session.post(self.url, data=io.BytesIO(post.body), headers=given) as answer:
            await answer.read()
            return answer.status


def event(payment: Payment, at: datetime | None = None) -> bytes:
    """The body that tells of a payment as it is, or as it was `at` a moment before."""
    when = moment(at or payment.updated_at)
    return orjson.dumps(
        {"type": "transaction.updated", "timestamp": when, "data": {**payment.view(), "updated_at": when}}
    )


def signed(post: Post, timestamp: int, secret: str) -> dict[str, str]:
    """The headers of a POST."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{post.id}.{timestamp}.".encode() + post.body
    made = base64.b64encode(hmac.digest(key, content, "sha256")).decode()
    return {"webhook-id": post.id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{made}"}


def earlier(payment: Payment, seconds: float) -> datetime:
    """A moment before the payment's last change."""
    return payment.updated_at - timedelta(seconds=seconds)
