"""`POST /{phone}/messages`: send, mark read, show typing."""

import asyncio
import contextlib
from typing import Any

import orjson
from aiohttp import web

from hub.demo.whatsapp.acceptance import Acceptance
from hub.demo.whatsapp.customers import Customers
from hub.demo.whatsapp.door import Door, json_body
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.fault_answers import Answer, spoiled
from hub.demo.whatsapp.faults import Fault, FaultKind
from hub.demo.whatsapp.ledger import Attempt
from hub.demo.whatsapp.surroundings import Surroundings

STATUS_FIRST_PATIENCE = 5.0
"""Seconds that a send waits for its own early status webhook to be answered; then it is answered all the same."""

Json = dict[str, Any]


class MessageRoutes:
    """The handlers. `add_to` puts them on an application."""

    def __init__(self, world: Surroundings, door: Door, acceptance: Acceptance, customers: Customers) -> None:
        self._world, self._door, self._acceptance, self._customers = world, door, acceptance, customers

    def add_to(self, app: web.Application) -> None:
        """The path of this module."""
        self._door.add(app, "POST", "/{node}/messages", self._messages)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        self._door.require_phone(request)
        body = await json_body(request)
        if body.get("status") == "read":
            return await self._door.under_fault(request, "read", lambda _: self._mark_read(body))
        fault = self._world.faults.take("messages", self._acceptance.addresses(body))
        outcome = f"fault:{fault.kind}" if fault else "accepted"
        try:
            if fault is not None and not fault.commits:
                return await spoiled(request, fault, Answer(b""))
            answer = await self._act(body, fault)
        except GraphError as refusal:
            outcome = f"fault:{fault.kind}" if fault else str(refusal.code)
            raise
        finally:
            self._world.ledger.attempts.append(Attempt(self._world.clock.now(), body, outcome))
        return answer.response() if fault is None else await spoiled(request, fault, answer)

    async def _act(self, body: Json, fault: Fault | None) -> Answer:
        kind = fault.kind if fault else None
        accepted = self._acceptance.accept(
            body,
            failure=fault.code if fault and kind is FaultKind.FAILS_LATER else None,
            announce=kind is FaultKind.STATUS_FIRST,
        )
        if accepted.announced is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(accepted.announced.settled.wait(), STATUS_FIRST_PATIENCE)
        return Answer(orjson.dumps(accepted.answer))

    async def _mark_read(self, body: Json) -> Answer:
        wamid = str(body.get("message_id"))
        customer = next((someone for someone in self._customers if someone.wrote(wamid)), None)
        if customer is None:
            raise GraphError(131009, "Message ID is invalid.")
        self._world.ledger.reads.append(wamid)
        customer.seen_by_business(wamid)
        if body.get("typing_indicator"):
            self._world.ledger.typings.append(wamid)
            self._world.feed.publish("typing", customer.number)
        return Answer(b'{"success":true}')
