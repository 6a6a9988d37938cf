"""The company's own server: it knows its customers, holds the hub's key and gives the app its tokens.

GET  /                 the page that plays the app
GET  /app/customers    `{"customers": [{customer_id, name, plan}]}`
POST /app/session      `{customer_id, name?}` → `{token, hub_url}`: what a device needs, as a sign-in would give it
"""

import re
from pathlib import Path
from typing import Any

import aiohttp
import attrs
from aiohttp import web

from hub.demo.chat_app.customer import Device
from hub.demo.chat_app.people import PEOPLE, YOU, AppPerson

PAGE = Path(__file__).parent / "page"

_ID = re.compile(r"[\w.-]{1,64}")


class ChatAppWorld:
    """`hub_url` and `key` are set once the hub is there; `start` serves the page before that."""

    def __init__(self) -> None:
        self.hub_url = ""
        self.key = ""
        self.people = {person.customer_id: person for person in (YOU, *PEOPLE)}
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def base_url(self) -> str:
        """Where the page is."""
        assert self._runner is not None
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Serves. Raises OSError when the port is taken."""
        app = web.Application()
        app.router.add_get("/", self._page)
        app.router.add_get("/app/customers", self._customers)
        app.router.add_post("/app/session", self._sign_in)
        app.router.add_static("/page", PAGE)
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def stop(self) -> None:
        """Closes everything."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    def device(self, person: AppPerson) -> Device:
        """A device of this customer."""
        assert self._session is not None

        async def token() -> str:
            return await self.token(person)

        return Device(self._session, self.hub_url, token)

    async def token(self, person: AppPerson) -> str:
        """A token for a customer, from the hub. Raises aiohttp.ClientError."""
        assert self._session is not None
        who = {"customer_id": person.customer_id, "name": person.name, "channel": person.channel}
        body = {**who, "attributes": {"plan": person.plan}}
        headers = {"Authorization": f"Bearer {self.key}"}
        async with self._session.post(f"{self.hub_url}/chat/v1/tokens", json=body, headers=headers) as answer:
            answer.raise_for_status()
            token: str = (await answer.json())["token"]
            return token

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _customers(self, request: web.Request) -> web.StreamResponse:
        shown = [attrs.asdict(p, filter=attrs.filters.exclude("stories", "channel")) for p in self.people.values()]
        return web.json_response({"customers": shown})

    async def _sign_in(self, request: web.Request) -> web.StreamResponse:
        given: dict[str, Any] = await request.json()
        customer_id = str(given.get("customer_id", ""))
        if not _ID.fullmatch(customer_id):
            raise web.HTTPUnprocessableEntity(text="customer_id: letters, digits, dots and hyphens")
        name = str(given.get("name") or customer_id)[:60]
        person = self.people.setdefault(customer_id, AppPerson(customer_id, name, "basic", ()))
        try:
            token = await self.token(person)
        except aiohttp.ClientError:
            raise web.HTTPServiceUnavailable(text="the hub is away") from None
        return web.json_response({"token": token, "hub_url": self.hub_url})
