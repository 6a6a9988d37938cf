"""The operators' doors: they tell of the others, and ask for nothing."""

from aiohttp import web

from hub.config import load
from tests.web.conftest import SECRET, OpenDoors, get
from web.figures import Figures
from web.health import Flags
from web.operations import Operations


async def things(_request: web.Request) -> web.Response:
    """The API's only door; it is described and not served here."""
    return web.Response()


async def test_they_describe_the_api_and_tell_how_the_hub_is(open_doors: OpenDoors) -> None:
    config = load(b"", make_up=lambda path: SECRET).config
    figures = Figures.of("1.0", (), lambda: (0, 0))
    api = [get("/api/v1/things", things)]
    operations = Operations(config, Flags(essential=()), figures)
    client = await open_doors(*operations.routes(api))
    described = await (await client.get("/openapi.json")).json()
    assert {"/api/v1/things", "/healthz", "/readyz", "/metrics"} <= set(described["paths"])
    assert "/api/v1/things" in await (await client.get("/docs")).text()
    for path in ("/healthz", "/readyz", "/metrics", "/problems"):
        assert (await client.get(path)).status == 200, path
    assert (await client.get("/api/v1/things")).status == 404
