"""Closed and open loops, against a small server."""

import asyncio

import pytest

from hub.bench.load import OpenLoop, chance, closed_loop
from hub.bench.wire import request
from tests.hub.bench.test_wire import serving

ASKED = request("GET", "/")


class Server:
    """Answers after a while; every `refuse`-th request is refused, and every `leave`-th connection breaks."""

    def __init__(self, wait: float = 0.0, refuse: int = 0, leave: int = 0) -> None:
        self.wait, self.refuse, self.leave = wait, refuse, leave
        self.requests = self.at_once = self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            self.requests += 1
            mine = self.requests
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            await asyncio.sleep(self.wait)
            self.at_once -= 1
            if self.leave and mine % self.leave == 0:
                return
            status = 503 if self.refuse and mine % self.refuse == 0 else 200
            writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)


async def test_a_closed_loop_asks_as_often_as_there_are_requests() -> None:
    server, left = Server(wait=0.001, refuse=5), iter(range(50))
    async with serving(server.serve) as port:
        load = await closed_loop(port, 8, lambda: None if next(left, None) is None else ASKED)
    assert (server.requests, load.accepted, load.statuses[503]) == (50, 40, 10)
    assert 1 < server.most <= 8
    assert load.rate == pytest.approx(40 / load.seconds)


async def test_a_closed_loop_ends_with_its_time_and_connects_again() -> None:
    server = Server(wait=0.001, leave=10)
    async with serving(server.serve) as port:
        load = await closed_loop(port, 4, lambda: ASKED, seconds=0.2)
    assert load.broken == server.requests // 10 > 0
    assert load.accepted + load.broken == server.requests
    assert load.seconds >= 0.2


async def test_an_open_loop_does_not_wait_for_answers() -> None:
    server = Server(wait=0.15)
    async with serving(server.serve) as port:
        load = await OpenLoop(port, lambda: ASKED, rate=400, most=1000).run(0.3)
    assert server.most > 20
    assert load.accepted == server.requests
    assert load.unsent == 0
    assert load.in_time < load.accepted


async def test_an_open_loop_counts_what_it_cannot_send() -> None:
    server = Server(wait=0.2)
    async with serving(server.serve) as port:
        load = await OpenLoop(port, lambda: ASKED, rate=500, most=10).run(0.3)
    assert server.most <= 10
    assert load.unsent > 50


def test_choices_are_the_same_in_every_run() -> None:
    assert [chance(3).randrange(1000) for _ in range(2)] == [chance(3).randrange(1000)] * 2
