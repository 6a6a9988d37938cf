"""The figures and their door."""

from tests.web.conftest import OpenDoors
from web import metrics
from web.metrics import Exposition, Requests


async def test_the_door_shows_figures(open_doors: OpenDoors) -> None:
    registry = metrics.registry("1.2.3")
    client = await open_doors(*Exposition(registry).routes(), registry=registry)
    answer = await client.get("/metrics")
    text = await answer.text()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert 'hub_build_info{python="' in text
    assert 'version="1.2.3"' in text
    for name in ("process_resident_memory_bytes", "python_info", "hub_http_requests_in_progress 1.0"):
        assert name in text
    assert "_created" not in text


async def test_the_door_may_have_a_lock(open_doors: OpenDoors) -> None:
    client = await open_doors(*Exposition(metrics.registry("x"), "the token, ä").routes())
    assert (await client.get("/metrics")).status == 401
    for wrong in ("Bearer x", "Bearer ", "Basic the token", "Bearer ü"):
        assert (await client.get("/metrics", headers={"Authorization": wrong})).status == 401
    assert (await client.get("/metrics", headers={"Authorization": "Bearer the token, ä"})).status == 200


def test_labels_stay_few() -> None:
    registry = metrics.registry("x")
    requests = Requests(registry)
    for method in ("BREW", "GET", "PROPFIND"):
        requests.end(method, "/x", 200, requests.begin())
    other = {"method": "other", "route": "/x", "code": "200"}
    assert registry.get_sample_value("hub_http_requests_total", other) == 2


def test_streams_are_not_timed() -> None:
    registry = metrics.registry("x")
    requests = Requests(registry)
    requests.end("GET", "/ws", 101, requests.begin(), stream=True)
    timed = registry.get_sample_value("hub_http_request_duration_seconds_count", {"method": "GET", "route": "/ws"})
    assert timed is None
