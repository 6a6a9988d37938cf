"""Connections are taken many at a time, and not being able to take any is survived."""

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator

import pytest

from web import acceptor
from web.acceptor import Acceptor, bind


class Greeter(asyncio.Protocol):
    """Says what it is told, and remembers the turn in which it was made."""

    made: list["Greeter"]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.made.append(self)

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)  # type: ignore[attr-defined]


@pytest.fixture
def made() -> list[Greeter]:
    return []


@pytest.fixture
async def taking(made: list[Greeter]) -> AsyncIterator[Acceptor]:
    protocol = type("Protocol", (Greeter,), {"made": made})
    taking = Acceptor(asyncio.get_running_loop(), await bind("127.0.0.1", 0), protocol)
    yield taking
    taking.close()
    await taking.wait_closed()
    for greeter in made:
        greeter.transport.close()


def crowd(taking: Acceptor, count: int) -> list[socket.socket]:
    """Clients whose connections the system has made and nobody has taken yet."""
    return [socket.create_connection(taking.sockets[0].getsockname()) for _ in range(count)]


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_crowd_is_let_in_within_a_few_turns(taking: Acceptor, made: list[Greeter]) -> None:
    clients = crowd(taking, 100)
    await turns(6)
    assert len(made) == 100
    for client in clients:
        client.close()


async def test_more_than_a_round_is_let_in_turn_by_turn(
    taking: Acceptor, made: list[Greeter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptor, "ROUND", 3)
    clients = crowd(taking, 10)
    await turns(2)
    assert len(made) < 10
    while len(made) < 10:
        await asyncio.sleep(0)
    for client in clients:
        client.close()


async def test_it_speaks_with_whom_it_let_in(taking: Acceptor) -> None:
    reader, writer = await asyncio.open_connection(*taking.sockets[0].getsockname())
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    writer.close()


async def test_without_files_it_rests_says_so_once_and_goes_on(
    taking: Acceptor, made: list[Greeter], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(acceptor, "REST", 0.01)
    real, refusals = socket.socket.accept, [3]

    def accept(listening: socket.socket) -> tuple[socket.socket, object]:
        if refusals[0]:
            refusals[0] -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return real(listening)

    monkeypatch.setattr(socket.socket, "accept", accept)
    with caplog.at_level(logging.ERROR):
        (client,) = crowd(taking, 1)
        while not made:
            await asyncio.sleep(0.005)
    said = [(record.name, vars(record)["reason"]) for record in caplog.records]
    assert (refusals, said) == ([0], [("hub.web", "EMFILE")])
    client.close()


async def test_closed_it_takes_no_more_even_when_it_rested(
    taking: Acceptor, made: list[Greeter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptor, "REST", 0.01)

    def accept(_listening: socket.socket) -> None:
        raise OSError(errno.ENFILE, "Too many open files in system")

    with monkeypatch.context() as without_files:
        without_files.setattr(socket.socket, "accept", accept)
        (client,) = crowd(taking, 1)
        await turns(3)
    address = taking.sockets[0].getsockname()
    taking.close()
    await asyncio.sleep(0.05)
    assert not made
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
    client.close()


async def test_every_address_of_a_host_has_the_same_port() -> None:
    bound = await bind("localhost", 0)
    assert len({listening.getsockname()[1] for listening in bound}) == 1
    for listening in bound:
        listening.close()


async def test_a_taken_port_is_an_error_and_leaves_nothing_open() -> None:
    (first,) = await bind("127.0.0.1", 0)
    first.listen()
    with pytest.raises(OSError, match="in use"):
        await bind("127.0.0.1", first.getsockname()[1])
    first.close()
