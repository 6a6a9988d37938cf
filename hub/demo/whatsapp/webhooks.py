"""Posts updates to the business's webhook, at least once and in no certain order, as Meta's page "Webhooks" describes.

Only 200 counts. Anything else is tried again at once, then ever more rarely, and given up in the end. Nothing is
delivered before the receiver has passed the handshake.
"""

import asyncio
import contextlib
import hmac
import io
import time

import aiohttp
from attrs import define

from hub.demo.whatsapp.envelope import MOST_BYTES, Json, Update, envelope, serialise, signature
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.ledger import Try, WebhookPost
from hub.demo.whatsapp.surroundings import Surroundings

OUTSTANDING = 100_000
"""Posts not yet settled, duplicates and whole bodies too; at this bound the oldest stay and new ones are dropped and
counted in the ledger. Nobody waits: a platform does not slow down because a business does."""


@define
class Subscription:
    """Where webhooks go. `verified` after the handshake."""

    url: str
    verify_token: str
    app_secret: str
    verified: bool = False


class Webhooks:
    """The sender of webhooks. `emit` takes an update and never waits."""

    def __init__(self, world: Surroundings, subscription: Subscription) -> None:
        self.subscription = subscription
        self._account, self._timings, self._clock = world.account, world.timings, world.clock
        self._agenda, self._ledger, self._faults = world.agenda, world.ledger, world.faults
        self._ids, self._random = world.ids, world.random
        self._buffer: list[Update] = []
        self._updates: dict[int, list[Update]] = {}
        self._queue: asyncio.Queue[WebhookPost] = asyncio.Queue(OUTSTANDING)  # one place for each that is not settled
        self._outstanding = 0
        self._workers: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the connections."""
        timeout = aiohttp.ClientTimeout(total=self._timings.webhook_timeout)
        self._session = aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": "facebookplatform/1.0"})
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._faults.webhooks.concurrency)]

    async def stop(self) -> None:
        """Stop at once; what was not delivered stays undelivered. A worker's own failure is raised here."""
        for worker in self._workers:
            worker.cancel()
        if self._session is not None:
            await self._session.close()
        for worker in self._workers:
            with contextlib.suppress(asyncio.CancelledError):
                await worker

    async def subscribe(self, url: str, verify_token: str) -> None:
        """The handshake (Meta's page "Create a webhook endpoint"). Raises GraphError 2200 if the receiver fails it."""
        challenge = self._ids.number(10)
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        try:
            async with self._http().get(url, params=query, allow_redirects=False) as answer:
                text, status = await answer.text(), answer.status
        except (aiohttp.ClientError, TimeoutError) as problem:
            raise GraphError(2200, f"The URL could not be reached: {type(problem).__name__}") from None
        if status != 200 or not hmac.compare_digest(text.encode(), challenge.encode()):
            raise GraphError(2200, f"HTTP Status Code = {status}; the challenge was not echoed back as the whole body")
        secret = self.subscription.app_secret
        self.subscription = Subscription(url, verify_token, secret, verified=True)

    async def resubscribe(self) -> None:
        """The handshake with the address that is set already. Raises GraphError 2200."""
        await self.subscribe(self.subscription.url, self.subscription.verify_token)

    def emit(self, update: Update) -> Update:
        """Deliver an update, alone or in a batch as the faults say."""
        if not self.subscription.verified:
            self._ledger.unsubscribed += 1
            update.settled.set()
        elif self._outstanding + len(self._buffer) >= OUTSTANDING:
            self._ledger.overflowed += 1
            update.settled.set()
        else:
            self._collect(update)
        return update

    def post(self, body: Json) -> WebhookPost:
        """Deliver a whole body as it is; at the bound it is abandoned at once."""
        return self._post(serialise(body), [])

    async def post_once(self, raw: bytes, headers: dict[str, str] | None = None) -> int:
        """One POST of given bytes, without retry or record; `headers` replace the signature. Returns the status."""
        sent = {"X-Hub-Signature-256": signature(raw, self.subscription.app_secret)} if headers is None else headers
        async with self._http().post(
            self.subscription.url, data=io.BytesIO(raw), headers={"Content-Type": "application/json", **sent}
        ) as answer:
            await answer.read()
            return answer.status

    def _collect(self, update: Update) -> None:
        wishes = self._faults.webhooks
        self._buffer.append(update)
        if wishes.batch <= 1 and not wishes.shuffle:
            self._flush()
        elif len(self._buffer) == 1:
            self._agenda.later(self._timings.batch_window, self._flush)

    def _flush(self) -> None:
        wishes, updates = self._faults.webhooks, self._buffer
        self._buffer = []
        if wishes.shuffle:
            self._random.shuffle(updates)
        size = max(1, wishes.batch)
        for start in range(0, len(updates), size):
            self._post_together(updates[start : start + size])

    def _post_together(self, updates: list[Update]) -> None:
        raw = serialise(envelope(self._account, updates, self._clock.now()))
        if len(raw) > MOST_BYTES and len(updates) > 1:
            self._post_together(updates[: len(updates) // 2])
            self._post_together(updates[len(updates) // 2 :])
            return
        for _ in range(self._faults.webhooks.duplicates):
            self._post(raw, [])
        self._post(raw, updates)

    def _post(self, raw: bytes, updates: list[Update]) -> WebhookPost:
        post = WebhookPost(raw, signature(raw, self.subscription.app_secret), time.monotonic())
        self._ledger.record_webhook(post)
        if self._outstanding >= OUTSTANDING:
            self._drop(post, updates)
            return post
        self._updates[id(post)] = updates
        self._outstanding += 1
        self._agenda.begin()
        delay = self._faults.webhooks.delay
        if delay > 0:
            self._agenda.later(delay, lambda: self._queue.put_nowait(post))
        else:
            self._queue.put_nowait(post)
        return post

    def _drop(self, post: WebhookPost, updates: list[Update]) -> None:
        self._ledger.overflowed += 1
        post.abandoned = True
        post.settled.set()
        for update in updates:
            update.settled.set()

    async def _work(self) -> None:
        while True:
            post = await self._queue.get()
            await self._try(post)
            if post.accepted:
                self._settle(post)
            else:
                self._retry(post)

    async def _try(self, post: WebhookPost) -> None:
        wishes, first = self._faults.webhooks, not post.tries
        started, status = time.monotonic(), None
        if not (first and wishes.lose_first_try):
            try:
                status = await self.post_once(post.raw, {"X-Hub-Signature-256": post.signature})
            except (aiohttp.ClientError, TimeoutError, OSError):
                status = None
        if first and wishes.lose_first_answer:
            status = None
        post.tries.append(Try(self._clock.now(), status, time.monotonic() - started))

    def _retry(self, post: WebhookPost) -> None:
        if time.monotonic() - post.created_at > self._timings.retry_give_up:
            post.abandoned = True
            self._settle(post)
            return
        failures = len(post.tries)
        delay = 0.0 if failures == 1 else self._timings.retry_first * 2 ** min(failures - 2, 20)
        self._agenda.later(min(delay, self._timings.retry_ceiling), lambda: self._queue.put_nowait(post))

    def _settle(self, post: WebhookPost) -> None:
        for update in self._updates.pop(id(post), []):
            update.settled.set()
        post.settled.set()
        self._outstanding -= 1
        self._agenda.end()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the world has not been started")
        return self._session
