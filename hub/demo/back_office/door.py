"""What every request to a back end passes: the ledger, the planned faults, who asks, and repetitions."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from hub.demo.back_office.fault_answers import spoiled
from hub.demo.back_office.faults import Fault, FaultKind, Faults
from hub.demo.back_office.ledger import Ledger, Request
from hub.demo.back_office.refusal import Refusal
from hub.demo.back_office.repetition import Repetition

Json = dict[str, Any]
Act = Callable[[web.Request, bytes], web.Response]
"""Carries a request out and answers it; `bytes` is its body. It never waits: nothing comes between. Raises Refusal."""
Check = Callable[[web.Request, bytes], None]
"""Raises Refusal when the request may not be carried out."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """The common part of the back ends' handlers."""

    def __init__(self, faults: Faults, ledger: Ledger) -> None:
        self._faults, self._ledger = faults, ledger
        self._done = Repetition()

    def handler(self, operation: str, check: Check, act: Act) -> Handler:
        """A handler for aiohttp: notes the request, and answers it as the faults, `check` and `act` will have it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            noted = self._ledger.note(_noted(operation, request, body))
            fault = self._faults.take(operation)
            noted.fault = fault.kind.value if fault is not None else ""
            answer = await self._answer(request, body, fault, lambda: self._carry_out(noted, request, check, act))
            noted.outcome = answer.status
            return answer

        return handle

    async def _answer(
        self, request: web.Request, body: bytes, fault: Fault | None, carry_out: Callable[[], web.Response]
    ) -> web.StreamResponse:
        if fault is None:
            return carry_out()
        if not fault.after:
            spoilt = await spoiled(request, fault, web.Response())
            return carry_out() if fault.kind is FaultKind.HANG else spoilt
        return await spoiled(request, fault, carry_out())

    def _carry_out(self, noted: Request, request: web.Request, check: Check, act: Act) -> web.Response:
        try:
            check(request, noted.body)
            scope = f"{noted.method} {noted.path}"
            earlier = self._done.earlier(scope, noted.key, noted.body) if noted.key else None
            if earlier is not None:
                noted.replayed = True
                return earlier
            answer = act(request, noted.body)
        except Refusal as refusal:
            return refusal.response()
        if noted.key:
            self._done.keep(scope, noted.key, noted.body, answer)
        return answer


def _noted(operation: str, request: web.Request, body: bytes) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(time.time(), operation, request.method, request.path_qs, headers, body)


def object_in(body: bytes) -> Json:
    """The body as an object. Raises Refusal 400."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal(400, "invalid_json") from None
    if not isinstance(given, dict):
        raise Refusal(400, "invalid_json")
    return given


def text_of(given: Json, name: str, *, most: int = 4000) -> str:
    """A text that must be there. Raises Refusal 422."""
    value = given.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise Refusal(422, "invalid_field", f"{name}: a text of 1 to {most} characters is needed")
    return value


def answered(body: Json, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
