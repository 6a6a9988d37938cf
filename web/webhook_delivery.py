"""Deliveries to webhooks: what became of each, and having them made again."""

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from aiohttp import web
from attrs import frozen

from hub.clock import from_rfc3339
from hub.errors import Invalid, InvalidTransition, NotFound
from hub.ids import uuid7
from hub.rights import Permission
from hub.webhook.body import body_of, trial_body
from hub.webhook.delivery import TEST, Deliveries, Delivery, DeliveryState, Replayed
from hub.webhook.endpoint import Endpoint, Endpoints
from web import answers
from web.body import path_id, query, read
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.routes import Route, Section
from web.webhook import URL

BODY_EXCERPT = 4096
"""Characters of what was sent that are shown."""


@frozen
class DeliveriesAsked:
    """A page of an endpoint's deliveries, perhaps only those of a state."""

    state: DeliveryState | None = None
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class ReplayAsked:
    """From where events are delivered again: a number or a moment. `dead_only`: only what was given up."""

    from_seq: int | None = number(1, 2**53, default=None)
    from_time: datetime | None = None
    dead_only: bool = False


@frozen
class WebhookDeliverySeen:
    """A delivery. Its id is the event's and what the receiver sees as `webhook-id`; `next_try_at` only while it is
    pending. `last_reason` says why the last try failed."""

    id: UUID
    seq: int
    type: str
    conversation_id: UUID | None
    state: str
    attempts: int
    next_try_at: datetime | None
    last_try_at: datetime | None
    last_status: int | None
    last_reason: str | None
    latency_ms: int | None
    created_at: datetime


@frozen
class WebhookRequestSeen:
    """How what is sent begins; signatures are not shown. `body` is null when the event has left the log."""

    url: str
    headers: dict[str, str]
    body: str | None


@frozen
class WebhookResponseSeen:
    """How the last answer began."""

    status: int | None
    body: str | None


@frozen
class WebhookDeliveryFull(WebhookDeliverySeen):
    """A delivery with what was sent and answered."""

    request: WebhookRequestSeen
    response: WebhookResponseSeen


@frozen
class WebhookDeliveriesSeen:
    """A page of deliveries, the newest first."""

    data: tuple[WebhookDeliverySeen, ...]
    next_cursor: str | None


@frozen
class ReplayedSeen:
    """How many deliveries will be made again. `more`: ask again with `from_seq` = `last_seq` + 1."""

    count: int
    last_seq: int
    more: bool


def seen(delivery: Delivery) -> WebhookDeliverySeen:
    """A delivery as the outside sees it."""
    shown = {field.name: getattr(delivery, field.name) for field in attrs.fields(WebhookDeliverySeen)}
    if delivery.state is not DeliveryState.PENDING:
        shown["next_try_at"] = None
    return WebhookDeliverySeen(**shown)


@frozen
class WebhookDeliveryDoors:
    """The doors of deliveries."""

    endpoints: Endpoints
    deliveries: Deliveries
    cursors: Cursors

    async def show(self, request: web.Request) -> web.Response:
        """An endpoint's deliveries, the newest first. Raises NotFound."""
        endpoint, asked = await self._endpoint(request), query(request, DeliveriesAsked)
        listing = f"webhook deliveries:{endpoint.id}:{asked.state}"
        after = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        place = (from_rfc3339(after[0]), UUID(after[1])) if after else None
        found = await self.deliveries.page(endpoint.id, asked.state, place, asked.limit + 1)
        return answers.json(
            self.cursors.page(listing, found, asked.limit, after=lambda one: (one.created_at, one.id), show=seen)
        )

    async def get(self, request: web.Request) -> web.Response:
        """One delivery with what was sent and answered. Raises NotFound."""
        endpoint = await self._endpoint(request)
        delivery = await self.deliveries.find(endpoint.id, path_id(request, "delivery_id"))
        if delivery is None:
            raise NotFound
        body = await self._body(delivery)
        sent = WebhookRequestSeen(endpoint.url, _headers(delivery), body)
        answered = WebhookResponseSeen(delivery.last_status, delivery.response)
        shown: dict[str, Any] = attrs.asdict(seen(delivery), recurse=False)
        return answers.json(WebhookDeliveryFull(**shown, request=sent, response=answered))

    async def replay(self, request: web.Request) -> web.Response:
        """Has one delivery made again. Raises NotFound, also when its event has left the log."""
        delivery = await self.deliveries.again(path_id(request), path_id(request, "delivery_id"))
        if delivery is None:
            raise NotFound("There is no such delivery, or its event has left the log.")
        return answers.json(seen(delivery), 202)

    async def replay_from(self, request: web.Request) -> web.Response:
        """Has the deliveries of past events made again. Raises NotFound, Invalid."""
        endpoint, asked = await self._endpoint(request), await read(request, ReplayAsked)
        start = asked.from_seq if asked.from_time is None else asked.from_time
        if start is None or (asked.from_seq is not None and asked.from_time is not None):
            raise Invalid(errors=[{"path": "$", "message": "must have from_seq or from_time, one of them"}])
        replayed: Replayed = await self.deliveries.again_from(endpoint.id, start, dead_only=asked.dead_only)
        return answers.json(ReplayedSeen(replayed.count, replayed.last_seq, replayed.more), 202)

    async def test(self, request: web.Request) -> web.Response:
        """Sends something to see whether it arrives. Raises NotFound, InvalidTransition when it is disabled."""
        endpoint = await self._endpoint(request)
        if not endpoint.enabled:
            raise InvalidTransition("The webhook is disabled. Enable it first.")
        delivery = await self.deliveries.test(endpoint.id, uuid7())
        if delivery is None:
            raise NotFound
        response = answers.json(seen(delivery), 202)
        response.headers["Location"] = f"{URL}/{endpoint.id}/deliveries/{delivery.id}"
        return response

    async def _endpoint(self, request: web.Request) -> Endpoint:
        endpoint = await self.endpoints.find(path_id(request))
        if endpoint is None:
            raise NotFound
        return endpoint

    async def _body(self, delivery: Delivery) -> str | None:
        if delivery.type == TEST:
            return trial_body(delivery.created_at).decode()
        event = await self.deliveries.event(delivery)
        return body_of(event).decode()[:BODY_EXCERPT] if event else None

    def routes(self) -> list[Route]:
        """Everything below one endpoint that concerns deliveries."""
        route, manage, missing = Section("webhooks", f"{URL}/{{id}}").route, Permission.WEBHOOKS_MANAGE, (NotFound,)
        again = {"status": 202, "idempotent": True, "atomic": True}
        one, full = "/deliveries/{delivery_id}", WebhookDeliveryFull
        closed = (NotFound, InvalidTransition)
        return [
            route(
                "GET",
                "/deliveries",
                self.show,
                "A webhook's deliveries",
                manage,
                query=DeliveriesAsked,
                returns=WebhookDeliveriesSeen,
                errors=missing,
            ),
            route("GET", one, self.get, "One delivery", manage, returns=full, errors=missing),
            route(
                "POST",
                f"{one}/replay",
                self.replay,
                "Deliver it again",
                manage,
                returns=WebhookDeliverySeen,
                errors=missing,
                **again,
            ),
            route(
                "POST",
                "/replay",
                self.replay_from,
                "Deliver past events again",
                manage,
                body=ReplayAsked,
                returns=ReplayedSeen,
                errors=missing,
                **again,
            ),
            route(
                "POST",
                "/test",
                self.test,
                "Send a test",
                manage,
                returns=WebhookDeliverySeen,
                errors=closed,
                **again,
            ),
        ]


def _headers(delivery: Delivery) -> dict[str, str]:
    stamped = {} if delivery.last_try_at is None else {"webhook-timestamp": str(int(delivery.last_try_at.timestamp()))}
    return {"content-type": "application/json", "webhook-id": str(delivery.id), **stamped}
