"""A Roundup tracker, as far as the hub asks one ("REST API for Roundup"; its answers are those of release 2.6).

Items are under `data`, their properties under `attributes`, lists under `data.collection`; a link shows its label with
`@verbose=2`. A request that changes something has to say where it comes from (`Origin`, `X-Requested-With`). A property
that a class does not have is refused, in a search too; a search for a text finds it in longer ones. A POST that is
repeated makes a second item.
"""

import base64
import hashlib
import itertools
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from attrs import define, field

BASE = "/support/rest/data"
STATUSES = ("unread", "deferred", "chatting", "need-eg", "in-progress", "testing", "done-cbb", "resolved")
PROPERTIES = {
    "issue": {"title", "status", "customer", "description", "conversation"},
    "comment": {"issue", "body"},
}


@define
class Tracker:
    """A tracker with one user; `origin` is its own address without the path."""

    user: str
    password: str
    origin: str
    items: dict[str, dict[str, dict[str, Any]]] = field(factory=lambda: {name: {} for name in PROPERTIES})
    mute: bool = False
    """It does what it is asked, and drops the connection instead of answering."""
    _numbers: "itertools.count[int]" = field(factory=lambda: itertools.count(1))
    _runner: web.AppRunner | None = None

    @property
    def authorization(self) -> str:
        """What the user shows."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    async def start(self, port: int) -> None:
        """Listens."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get(BASE + "/{name}", self._list)
        app.router.add_post(BASE + "/{name}", self._create)
        app.router.add_get(BASE + "/{name}/{id}", self._show)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    async def stop(self) -> None:
        """Closes."""
        assert self._runner is not None
        await self._runner.cleanup()

    def add(self, name: str, **properties: Any) -> str:
        """A new item of a class; gives its id."""
        id = str(next(self._numbers))
        self.items[name][id] = {"status": STATUSES[0], **properties} if name == "issue" else properties
        return id

    # Answers

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        shown = request.headers.get("Authorization")
        if shown is None:
            return _error(403, "Forbidden.")
        if shown != self.authorization:
            return web.Response(status=401, text="Invalid Login - Invalid login")
        if request.match_info.get("name") not in PROPERTIES:
            return _error(404, "Class not found")
        if request.method != "GET" and not self._comes_from_here(request.headers):
            return _error(400, "Required Header Missing")
        answer: web.StreamResponse = await handler(request)
        if self.mute and request.transport is not None:
            request.transport.abort()
        return answer

    def _comes_from_here(self, headers: Mapping[str, str]) -> bool:
        return headers.get("Origin") == self.origin and "X-Requested-With" in headers

    async def _create(self, request: web.Request) -> web.Response:
        name, given = request.match_info["name"], orjson.loads(await request.read())
        for unknown in given.keys() - PROPERTIES[name]:
            return _error(400, f"Property {unknown} not found in class {name}")
        made = {"id": self.add(name, **given)}
        made["link"] = self._link(name, made["id"])
        return _data(made, 201, {"Location": made["link"]})

    async def _show(self, request: web.Request) -> web.Response:
        name, id = request.match_info["name"], request.match_info["id"]
        item = self.items[name].get(id)
        if item is None:
            return _error(404, f"no such {name} {id}")
        etag = f'"{hashlib.md5(orjson.dumps(item), usedforsecurity=False).hexdigest()}"'
        shown = {"id": id, "type": name, "link": self._link(name, id), "@etag": etag}
        return _data({**shown, "attributes": self._shown(item, request.query)}, headers={"ETag": etag})

    async def _list(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        wanted = {key: text for key, text in request.query.items() if not key.startswith("@")}
        for unknown in {key.partition(".")[0] for key in wanted} - PROPERTIES[name]:
            return _error(400, f"Field {unknown} is not valid for {name} class.")
        found = [
            {"id": id, "link": self._link(name, id), **self._shown(item, request.query)}
            for id, item in self.items[name].items()
            if all(text.lower() in str(item.get(key.partition(".")[0], "")).lower() for key, text in wanted.items())
        ]
        return _data({"collection": found, "@total_size": len(found)}, headers={"X-Count-Total": str(len(found))})

    def _shown(self, item: Mapping[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        chosen = {key: item.get(key) for key in query.get("@fields", ",".join(item)).split(",")}
        if chosen.get("status"):
            number = str(STATUSES.index(chosen["status"]) + 1)
            label = {"name": chosen["status"]} if query.get("@verbose") == "2" else {}
            chosen["status"] = {"id": number, "link": self._link("status", number), **label}
        return chosen

    def _link(self, name: str, id: str) -> str:
        return f"{self.origin}{BASE}/{name}/{id}"


def _data(given: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    body = orjson.dumps({"data": given})
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def _error(status: int, message: str) -> web.Response:
    body = orjson.dumps({"error": {"status": status, "msg": message}})
    return web.Response(status=status, body=body, content_type="application/json")
