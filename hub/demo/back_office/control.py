"""Switches for whoever plays with the back ends. Part of no real one.

GET    /office/ledger            `{requests, counts, commits, webhooks, letters, slack}`, the last `?limit=50` of each
GET    /office/payments          `{payments, drafts}`
POST   /office/payments          `{customer_id, amount, currency?, status?, description?}` → a payment made elsewhere
POST   /office/payments/{id}     `{status}`: it changes, and the hub is told by webhook
POST   /office/payments/{id}/webhook   `{secret?, age?, id?, earlier?}`: one webhook about it, wrong as asked
                                 → `{status}`, the answer to it
GET    /office/tickets           `{tickets}`
POST   /office/tickets           `{customer_id, subject, description?, status?}`
POST   /office/tickets/{id}      `{status}`
POST   /office/faults            `{kind, on, after?, http?, code?, retry_after?, seconds?, size?, location?, fields?,
                                 times? | probability?}` (see `faults.py`),
                                 or `{tokens: {expires_in?, forgets?}}`, or `{webhooks: {duplicates?, delay?, muted?}}`
DELETE /office/faults            everything works again
POST   /office/tokens/revoke     every token that is out is no longer good
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Any

import attrs
import orjson
from aiohttp import web

from hub.demo.back_office.door import Json, answered
from hub.demo.back_office.faults import Fault, FaultKind, Faults
from hub.demo.back_office.ledger import Ledger, Request
from hub.demo.back_office.mail import Mail
from hub.demo.back_office.payments import Payments
from hub.demo.back_office.slack import Slack
from hub.demo.back_office.tickets import STATUSES, Tickets
from hub.demo.back_office.tokens import Tokens
from hub.demo.back_office.webhooks import Forgery, Webhooks, earlier

MOST_SHOWN = 1000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@attrs.frozen
class Control:
    """The handlers. `add_to` puts them on an application."""

    ledger: Ledger
    faults: Faults
    payments: Payments
    tickets: Tickets
    tokens: Tokens
    webhooks: Webhooks
    mail: Mail
    slack: Slack

    def add_to(self, app: web.Application) -> None:
        """Every path of this module."""
        for method, path, handler in (
            ("GET", "/office/ledger", self._ledger),
            ("GET", "/office/payments", self._payments),
            ("POST", "/office/payments", self._pay),
            ("POST", "/office/payments/{id}", self._move),
            ("POST", "/office/payments/{id}/webhook", self._webhook),
            ("GET", "/office/tickets", self._tickets),
            ("POST", "/office/tickets", self._open),
            ("POST", "/office/tickets/{id}", self._set),
            ("POST", "/office/faults", self._plan),
            ("DELETE", "/office/faults", self._clear),
            ("POST", "/office/tokens/revoke", self._revoke),
        ):
            app.router.add_route(method, path, _checked(handler))

    async def _ledger(self, request: web.Request) -> web.StreamResponse:
        limit = max(1, min(MOST_SHOWN, int(request.query.get("limit") or 50)))
        letters = [{"to": letter.recipients, "subject": letter.message["subject"]} for letter in self.mail.letters]
        return answered(
            {
                "requests": [_request_view(one) for one in _last(self.ledger.requests, limit)],
                "counts": dict(self.ledger.counts),
                "commits": _last(self.payments.commits, limit),
                "webhooks": [{"id": post.id, "answers": post.answers} for post in _last(self.webhooks.posts, limit)],
                "letters": _last(letters, limit),
                "slack": _last(self.slack.posts, limit),
            }
        )

    async def _payments(self, request: web.Request) -> web.StreamResponse:
        books = self.payments
        payments = [payment.view() for payment in _last(list(books.all.values()), MOST_SHOWN)]
        return answered({"payments": payments, "drafts": [draft.view() for draft in books.drafts.values()]})

    async def _pay(self, request: web.Request) -> web.StreamResponse:
        wish = await _wish(request)
        payment = self.payments.record(
            str(wish["customer_id"]),
            str(wish["amount"]),
            str(wish.get("currency", "USD")),
            status=str(wish.get("status", "completed")),
            description=str(wish.get("description", "")),
        )
        return answered(payment.view(), status=201)

    async def _move(self, request: web.Request) -> web.StreamResponse:
        wish = await _wish(request)
        return answered(self.payments.move(request.match_info["id"], str(wish["status"])).view())

    async def _webhook(self, request: web.Request) -> web.StreamResponse:
        wish, payment = await _wish(request), self.payments.all[request.match_info["id"]]
        at = earlier(payment, float(wish["earlier"])) if "earlier" in wish else None
        forgery = Forgery(wish.get("secret"), float(wish.get("age", 0.0)), wish.get("id"), at)
        return answered({"status": await self.webhooks.send(payment, forgery)})

    async def _tickets(self, request: web.Request) -> web.StreamResponse:
        return answered({"tickets": [ticket.view() for ticket in _last(list(self.tickets.all.values()), MOST_SHOWN)]})

    async def _open(self, request: web.Request) -> web.StreamResponse:
        wish = await _wish(request)
        facts = {"status": _status(wish)} if "status" in wish else {}
        ticket = self.tickets.open(
            str(wish["customer_id"]), str(wish["subject"]), str(wish.get("description", "")), **facts
        )
        return answered(ticket.view(), status=201)

    async def _set(self, request: web.Request) -> web.StreamResponse:
        ticket = self.tickets.all[request.match_info["id"]]
        ticket.status = _status(await _wish(request))
        return answered(ticket.view())

    async def _plan(self, request: web.Request) -> web.StreamResponse:
        wish, faults = await _wish(request), self.faults
        if "tokens" in wish:
            faults.tokens = attrs.evolve(faults.tokens, **wish["tokens"])
        if "webhooks" in wish:
            faults.webhooks = attrs.evolve(faults.webhooks, **wish["webhooks"])
        if "kind" in wish:
            plan(faults, wish)
        return answered({"planned": True}, status=201)

    async def _clear(self, request: web.Request) -> web.StreamResponse:
        self.faults.clear()
        return answered({"cleared": True})

    async def _revoke(self, request: web.Request) -> web.StreamResponse:
        self.tokens.revoke()
        return answered({"revoked": True})


def plan(faults: Faults, wish: Json) -> None:
    """Plans what a JSON object asks for. Raises KeyError, TypeError, ValueError."""
    names = {field.name for field in attrs.fields(Fault)} - {"kind"}
    fault = Fault(FaultKind(wish["kind"]), **{name: value for name, value in wish.items() if name in names})
    if "probability" in wish:
        faults.always(fault, on=str(wish["on"]), probability=float(wish["probability"]))
    else:
        faults.next(int(wish.get("times", 1)), fault, on=str(wish["on"]))


def _checked(handler: Handler) -> Handler:
    """A handler whose caller's mistakes are answered with 400."""

    async def checked(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except KeyError as missing:
            raise web.HTTPBadRequest(text=f"missing or unknown: {missing.args[0]}") from None
        except (TypeError, ValueError) as wrong:
            raise web.HTTPBadRequest(text=f"wrong value: {type(wrong).__name__}") from None

    return checked


async def _wish(request: web.Request) -> Json:
    raw = await request.read()
    wish = orjson.loads(raw) if raw else {}
    if not isinstance(wish, dict):
        raise web.HTTPBadRequest(text="a JSON object is needed")
    return wish


def _status(wish: Json) -> str:
    status = str(wish["status"])
    if status not in STATUSES:
        raise ValueError(status)
    return status


def _last(entries: Sequence[Any], limit: int) -> list[Any]:
    return list(islice(entries, max(0, len(entries) - limit), None))


def _request_view(request: Request) -> Json:
    """Without its headers: they hold secrets."""
    shown = ("at", "operation", "method", "path", "outcome", "fault", "replayed", "key")
    return {name: getattr(request, name) for name in shown}
