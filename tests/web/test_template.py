"""The door of templates."""

from uuid import uuid4

import pytest
from aiohttp import web

from hub.errors import Unavailable
from hub.rights import Role
from hub.whatsapp.template import Template
from tests.web.conftest import Client, OpenDoors
from web.principal import Principal
from web.template import TemplateDoors

ORDER = Template("order", "pt_BR", "UTILITY", "Olá {{1}}, pedido {{2}}", ("1", "2"))


async def anybody(_request: web.Request) -> Principal:
    return Principal(uuid4(), "Ana", Role.AGENT, frozenset())


async def order() -> tuple[Template, ...]:
    return (ORDER,)


async def nothing_now() -> tuple[Template, ...]:
    raise Unavailable


@pytest.fixture
async def client(open_doors: OpenDoors) -> Client:
    doors = TemplateDoors({"wa": order, "away": nothing_now})
    return await open_doors(*doors.routes(), authenticate=anybody)


async def test_what_can_be_sent_on_a_channel(client: Client) -> None:
    answer = await client.get("/api/v1/templates?channel=wa")
    assert answer.status == 200
    (shown,) = (await answer.json())["data"]
    assert shown == {
        "channel": "wa",
        "name": "order",
        "language": "pt_BR",
        "category": "UTILITY",
        "body": ORDER.body,
        "parameters": 2,
    }


async def test_what_can_be_sent_on_any_channel(open_doors: OpenDoors) -> None:
    doors = TemplateDoors({"wa": order, "wa-spain": order})
    client = await open_doors(*doors.routes(), authenticate=anybody)
    shown = (await (await client.get("/api/v1/templates")).json())["data"]
    assert [(template["channel"], template["name"]) for template in shown] == [("wa", "order"), ("wa-spain", "order")]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?channel=app", 404, "not_found"),
        ("?channel=away", 503, "unavailable"),
        ("", 503, "unavailable"),
        (f"?channel={'x' * 65}", 422, "invalid_request"),
    ],
)
async def test_what_has_none(client: Client, query: str, status: int, code: str) -> None:
    answer = await client.get(f"/api/v1/templates{query}")
    assert (answer.status, (await answer.json())["code"]) == (status, code)


async def test_they_are_for_those_who_are_signed_in(open_doors: OpenDoors) -> None:
    stranger = await open_doors(*TemplateDoors({"wa": order}).routes())
    assert (await stranger.get("/api/v1/templates?channel=wa")).status == 401
