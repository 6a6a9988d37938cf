from collections.abc import AsyncIterator

import pytest
from aiohttp import WSServerHandshakeError

from hub.rights import Role
from storage.database import Database
from tests.web.realtime_stage import Stage, receive, staged, stream_frames

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with staged(database, origins=("https://desk.example.com",)) as stage:
        yield stage


async def test_a_browser_shows_its_token_among_the_subprotocols(stage: Stage) -> None:
    ana = await stage.person()
    async with stage.ws(ana, headers={}, protocols=("hub.v1", f"bearer.{ana.token}")) as socket:
        assert socket.protocol == "hub.v1"
        await receive(socket, "hello")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
        ({"Authorization": None, "Sec-WebSocket-Protocol": "hub.v1, bearer.nonsense"}, 401),
        ({"Sec-WebSocket-Protocol": "another"}, 400),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://desk.example.com"}, 101),
        ({"Origin": "{own}"}, 101),
        ({"Upgrade": None, "Connection": None}, 400),
        ({"Sec-WebSocket-Version": "12"}, 400),
        ({"Sec-WebSocket-Key": "short"}, 400),
    ],
)
async def test_what_is_refused_is_refused_before_the_upgrade(
    stage: Stage, change: dict[str, str | None], status: int
) -> None:
    ana = await stage.person()
    headers = {**HANDSHAKE, **ana.headers, **{k: v for k, v in change.items() if v is not None}}
    for name in (name for name, value in change.items() if value is None):
        del headers[name]
    headers = {name: value.replace("{own}", stage.url) for name, value in headers.items()}
    async with stage.client.get(f"{stage.url}/ws", headers=headers) as response:
        assert response.status == status
        response.close()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?token={token}", 401),
        ("?access_token={token}", 401),
        ("?after=-1", 400),
        ("?after=ten", 400),
        ("?after=1e3", 400),
        ("?after=9999999999999999999999", 400),
        ("?epoch=a%20b", 400),
    ],
)
async def test_the_address_is_checked(stage: Stage, query: str, status: int) -> None:
    ana = await stage.person()
    with pytest.raises(WSServerHandshakeError) as refused:
        await stage.ws(ana, query.format(token=ana.token))
    assert refused.value.status == status
    async with stage.sse(ana, query.format(token=ana.token)) as response:
        assert response.status == status


async def test_a_garbage_place_in_the_header_is_refused(stage: Stage) -> None:
    ana = await stage.person()
    for place in ("-1", "abc", "1" * 5000):
        async with stage.sse(ana, **{"Last-Event-ID": place}) as response:
            assert response.status == 400


async def test_behind_a_public_address_only_its_pages_may_connect(database: Database) -> None:
    async with staged(database, public_url="https://hub.example.com/inbox") as stage:
        ana = await stage.person()
        for origin, good in (("https://hub.example.com", True), (stage.url, False)):
            async with stage.sse(ana, Origin=origin) as response:
                assert response.status == (200 if good else 403)
                response.close()


async def test_a_ticket_opens_one_event_stream(stage: Stage) -> None:
    ana = await stage.person(Role.ADMIN)
    async with stage.client.post(f"{stage.url}/api/v1/realtime/tickets", headers=ana.headers) as response:
        assert response.status == 201
        given = await response.json()
    assert given["expires_in"] == 30
    address = f"{stage.url}/sse?ticket={given['ticket']}"
    async with stage.client.get(address) as response:
        assert response.status == 200
        _, hello = await anext(stream_frames(response))
        assert hello["type"] == "hello"
        response.close()
    async with stage.client.get(address) as response:
        assert response.status == 401


@pytest.mark.parametrize(
    "change",
    [
        "update stream_tickets set expires_at = now() - interval '1 second' where user_id = $1",
        "update users set disabled = true where id = $1",
        "update users set token_version = 7 where id = $1",
    ],
)
async def test_a_ticket_is_worth_no_more_than_the_sign_in_behind_it(stage: Stage, change: str) -> None:
    ana = await stage.person()
    async with stage.client.post(f"{stage.url}/api/v1/realtime/tickets", headers=ana.headers) as response:
        ticket = (await response.json())["ticket"]
    await stage.execute(change, ana.id)
    async with stage.client.get(f"{stage.url}/sse?ticket={ticket}") as response:
        assert response.status == 401
