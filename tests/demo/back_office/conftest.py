"""An office, a company that calls it as the contract says, and a receiver for its webhooks."""

import hashlib
import hmac
import itertools
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiohttp import ClientSession, ClientTimeout, web

from hub.demo.back_office import BackOffice, Credentials

Json = dict[str, Any]
API_KEY, SIGNING = "ticket-key", "signing-secret"


class Company:
    """A plain client of the back ends; it signs with a reading of the contract of its own."""

    def __init__(self, session: ClientSession, office: BackOffice) -> None:
        self.session, self.office = session, office
        self._keys = itertools.count(1)

    async def call(self, method: str, url: str, **facts: Any) -> tuple[int, Any]:
        async with self.session.request(method, url, allow_redirects=False, **facts) as answer:
            raw = await answer.read()
            return answer.status, orjson.loads(raw) if answer.content_type == "application/json" and raw else raw

    async def ticketing(self, method: str, path: str, key: str = API_KEY, **facts: Any) -> tuple[int, Any]:
        return await self.call(method, self.office.ticketing_url + path, headers={"X-Api-Key": key}, **facts)

    async def token(self, client: str = "writer", secret: str = "writer-secret", **form: str) -> str:
        body = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, **form}
        status, answer = await self.call("POST", self.office.token_url, data=body)
        assert status == 200, answer
        return str(answer["access_token"])

    async def read(self, path: str, token: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.call("GET", self.office.payments_url + path, headers=headers)

    async def write(
        self, path: str, body: Json | None = None, *, token: str | None = None, key: str = "", **wrong: str
    ) -> tuple[int, Any]:
        """A signed POST; `wrong` replaces headers (hyphens as underscores)."""
        raw = b"" if body is None else orjson.dumps(body)
        key = key or f"key-{next(self._keys)}"
        headers = signed("POST", f"/payments{path}", raw, key) | {
            "Authorization": f"Bearer {token or await self.token()}",
            "Content-Type": "application/json",
        }
        headers |= {name.replace("_", "-"): value for name, value in wrong.items()}
        return await self.call("POST", self.office.payments_url + path, headers=headers, data=raw)

    async def draft(self, amount: str = "120.00", **facts: Any) -> Json:
        body = {"customer_id": "c-1", "amount": amount, "currency": "USD", "description": "Rent"}
        status, draft = await self.write("/transactions/drafts", body, **facts)
        assert status == 201, draft
        return dict(draft)


def signed(method: str, path: str, body: bytes, key: str, secret: str = SIGNING, age: int = 0) -> dict[str, str]:
    timestamp = str(int(time.time()) - age)
    base = f"{timestamp}.{method}.{path}.{hashlib.sha256(body).hexdigest()}.{key}"
    made = hmac.new(secret.encode(), base.encode(), "sha256").hexdigest()
    return {"Idempotency-Key": key, "X-Timestamp": timestamp, "X-Signature": f"v1={made}"}


class Receiver:
    """Takes webhooks. `answers` are the next statuses; then 200."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def office() -> AsyncIterator[BackOffice]:
    clients = {"reader": "reader-secret", "writer": "writer-secret"}
    credentials = Credentials(API_KEY, clients, "writer", [SIGNING], "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtMTI=")
    office = BackOffice(credentials)
    await office.start()
    yield office
    await office.stop()


@pytest.fixture
async def company(office: BackOffice) -> AsyncIterator[Company]:
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        yield Company(session, office)


@pytest.fixture
async def receiver(office: BackOffice) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    office.webhooks.url = receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()
