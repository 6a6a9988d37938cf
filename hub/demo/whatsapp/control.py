"""The page on which one writes as a customer, and the JSON API under it. Neither is part of WhatsApp.

GET    /                                     the page
GET    /world/customers                      everybody: `{"customers": [{number, name, window_open, unread, last, …}]}`
POST   /world/customers                      `{number, name?, wa_id?, username?}`: somebody new (or the known one)
GET    /world/customers/{number}             one, with `bubbles` (the last `?limit=200`)
POST   /world/customers/{number}/{action}    an act; the actions and their keys are in `actions.py`, e.g. `say {text,
                                             quote?}`; also `offline`, `online`, `close_window`. → `{"result": wamid|…}`
GET    /world/ledger                         `{sends, attempts, webhooks, counts}`, the last `?limit=50` of each
POST   /world/faults                         `{kind, code?, http?, seconds?, retry_after?, on?, to?, times? |
                                             probability?}` (see `faults.py`),
                                             or `{webhooks: {duplicates?, shuffle?, batch?, delay?, …}}`,
                                             or `{token_revoked: bool}`
DELETE /world/faults                         everything works again
POST   /world/clock                          `{advance: seconds}` → `{now}`
POST   /world/subscribe                      handshake with the configured webhook
GET    /world/events                         the commentary as server-sent events
GET    /world/media/{id}                     a file, without token
"""

from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import attrs
import orjson
from aiohttp import web

from hub.demo.whatsapp.actions import ACTIONS
from hub.demo.whatsapp.carrier import Carrier
from hub.demo.whatsapp.customers import Customer, Customers
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.faults import Fault, FaultKind
from hub.demo.whatsapp.media import MediaStore
from hub.demo.whatsapp.surroundings import Surroundings
from hub.demo.whatsapp.views import attempt_view, chat_view, customer_view, send_view, webhook_view
from hub.demo.whatsapp.webhooks import Webhooks

PAGE = Path(__file__).parent / "page"
HEARTBEAT = 15.0
MOST_SHOWN = 1000

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """The handlers. `add_to` puts them on an application."""

    def __init__(
        self, world: Surroundings, customers: Customers, carrier: Carrier, media: MediaStore, webhooks: Webhooks
    ) -> None:
        self._world, self._people, self._carrier = world, customers, carrier
        self._files, self._webhooks = media, webhooks

    def add_to(self, app: web.Application) -> None:
        """Every path of this module."""
        routes: list[tuple[str, str, Handler]] = [
            ("GET", "/", self._page),
            ("GET", "/world/customers", self._customers),
            ("POST", "/world/customers", self._add_customer),
            ("GET", "/world/customers/{number}", self._chat),
            ("POST", "/world/customers/{number}/{action}", self._act),
            ("GET", "/world/ledger", self._ledger),
            ("POST", "/world/faults", self._add_fault),
            ("DELETE", "/world/faults", self._clear_faults),
            ("POST", "/world/clock", self._advance),
            ("POST", "/world/subscribe", self._subscribe),
            ("GET", "/world/events", self._events),
            ("GET", "/world/media/{id}", self._media),
        ]
        for method, path, handler in routes:
            app.router.add_route(method, path, _checked(handler))
        app.router.add_static("/page", PAGE)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _customers(self, request: web.Request) -> web.StreamResponse:
        return _json({"customers": [customer_view(one) for one in self._people]})

    async def _add_customer(self, request: web.Request) -> web.StreamResponse:
        wish = await _wish(request)
        name = str(wish.get("name") or "Somebody")
        customer = self._people.ensure(str(wish["number"]), name, wish.get("wa_id"), wish.get("username"))
        self._world.feed.publish("changed", customer.number)
        return _json(customer_view(customer), status=201)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        return _json(chat_view(self._customer(request), _limit(request, 200)))

    async def _act(self, request: web.Request) -> web.StreamResponse:
        customer, name, wish = self._customer(request), request.match_info["action"], await _wish(request)
        if name in ACTIONS:
            return _json({"result": await ACTIONS[name](customer, wish)})
        switches: dict[str, Callable[[], None]] = {
            "offline": lambda: self._carrier.go_offline(customer),
            "online": lambda: self._carrier.go_online(customer),
            "close_window": customer.close_window,
        }
        if name not in switches:
            raise web.HTTPNotFound(text=f"no such action: {name}")
        switches[name]()
        return _json({"result": None})

    async def _ledger(self, request: web.Request) -> web.StreamResponse:
        ledger, limit = self._world.ledger, _limit(request, 50)
        counts = {
            "sends": len(ledger.sends),
            "attempts": len(ledger.attempts),
            "webhooks": len(ledger.webhooks),
            "outstanding": self._world.agenda.pending,
            "unsubscribed": ledger.unsubscribed,
        }
        return _json(
            {
                "sends": [send_view(send) for send in _last(ledger.sends, limit)],
                "attempts": [attempt_view(attempt) for attempt in _last(ledger.attempts, limit)],
                "webhooks": [webhook_view(post) for post in _last(ledger.webhooks, limit)],
                "counts": counts,
                "now": self._world.clock.now(),
                "subscribed": self._webhooks.subscription.verified,
                "token_revoked": self._world.faults.token_revoked,
            }
        )

    async def _add_fault(self, request: web.Request) -> web.StreamResponse:
        wish, faults = await _wish(request), self._world.faults
        if "token_revoked" in wish:
            faults.token_revoked = bool(wish["token_revoked"])
        if "webhooks" in wish:
            faults.webhooks = attrs.evolve(faults.webhooks, **wish["webhooks"])
        if "kind" in wish:
            self._plan(wish)
        return _json({"planned": True}, status=201)

    def _plan(self, wish: Json) -> None:
        fields = {field.name for field in attrs.fields(Fault)} - {"kind"}
        given = {key: value for key, value in wish.items() if key in fields}
        fault = Fault(FaultKind(wish["kind"]), **given)
        on, to = str(wish.get("on", "messages")), wish.get("to")
        if "probability" in wish:
            self._world.faults.always(float(wish["probability"]), fault, on=on, to=to)
        else:
            self._world.faults.next(int(wish.get("times", 1)), fault, on=on, to=to)

    async def _clear_faults(self, request: web.Request) -> web.StreamResponse:
        self._world.faults.clear()
        return _json({"cleared": True})

    async def _advance(self, request: web.Request) -> web.StreamResponse:
        self._world.clock.advance(float((await _wish(request))["advance"]))
        return _json({"now": self._world.clock.now()})

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        try:
            await self._webhooks.resubscribe()
        except GraphError as refusal:
            return _json({"subscribed": False, "reason": refusal.details}, status=502)
        return _json({"subscribed": True})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        with self._world.feed.listen() as listener:
            async for event in listener.with_pauses(HEARTBEAT):
                line = b": still here\n\n" if event is None else b"data: " + orjson.dumps(event) + b"\n\n"
                await response.write(line)
        return response

    async def _media(self, request: web.Request) -> web.StreamResponse:
        file = self._files.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=file.content, headers={"Content-Type": file.mime_type})

    def _customer(self, request: web.Request) -> Customer:
        customer = self._people.find(request.match_info["number"])
        if customer is None:
            raise web.HTTPNotFound(text="no such customer")
        return customer


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


def _limit(request: web.Request, default: int) -> int:
    return max(1, min(MOST_SHOWN, int(request.query.get("limit") or default)))


def _last(entries: "deque[Any]", limit: int) -> list[Any]:
    return [entries[index] for index in range(max(0, len(entries) - limit), len(entries))]


def _json(body: Json, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
