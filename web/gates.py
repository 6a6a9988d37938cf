"""Refusing a delivery before it is read.

One that is not let in is brought again by its sender, and what it costs is taken from those that are in hand. Reading
it as a request and answering it as one costs a third of what storing it does; telling it by its first line and
answering it with what was prepared costs a twentieth. What cannot be told in that way is refused by the handler, in the
same words.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

import orjson
from aiohttp.helpers import rfc822_formatted_time
from attrs import frozen

from hub.ids import uuid7
from web import problems
from web.admission import Gate, InHand, too_many
from web.framing import Head
from web.metrics import Requests
from web.routes import Route

_ID = "the-id-of-the-request"


@frozen
class Entrance:
    """A gate on a server."""

    route: Route
    gate: Gate
    _requests: Requests
    _answer: Callable[[str], bytes]

    @property
    def in_hand(self) -> InHand:
        """Whether there is room."""
        return self.gate.in_hand

    def refusal(self, data: bytes) -> bytes | None:
        """The whole answer to a request that is not let in, if `data` is it and nothing else; None leaves it to the
        handler."""
        head = Head.of(data)
        if head is None or head.size != len(data) or not head.plain:
            return None
        began = self._requests.begin()
        answer = self._answer(head.request_id or uuid7().hex)
        self.gate.refused()
        self._requests.end(self.route.method, self.route.path, HTTPStatus.SERVICE_UNAVAILABLE, began)
        return answer


class Gates:
    """The gates of a server's routes, by the first lines of the requests that they are for."""

    def __init__(self, routes: Sequence[Route], requests: Requests, headers: Mapping[str, str]) -> None:
        """`headers` are on every answer."""
        answer = _prepared(headers)
        self._entrances = {
            f"{route.method} {gate.path} HTTP/1.1".encode(): Entrance(route, gate, requests, answer)
            for route in routes
            for gate in route.gates
        }

    def of(self, data: bytes) -> Entrance | None:
        """Where the request that begins so enters; None when it is for the handler alone."""
        return self._entrances.get(data[: data.find(b"\r\n")])


def _prepared(headers: Mapping[str, str]) -> Callable[[str], bytes]:
    """Makes what the handler's refusal would be on the wire, from a request's id."""
    error, own = problems.of(too_many())
    status = HTTPStatus(problems.STATUS[error.code])
    before, after = orjson.dumps(problems.document(error, _ID)).split(_ID.encode())
    fields = {
        **headers,
        **own,
        "Content-Type": "application/problem+json; charset=utf-8",
        "Server": "hub",
    }
    said = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).replace("%", "%%")
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n{said}Date: %s\r\nX-Request-Id: %s\r\nContent-Length: %d\r\n\r\n"
    )

    def answer(request_id: str) -> bytes:
        body = before + request_id.encode() + after
        return (head % (rfc822_formatted_time(), request_id, len(body))).encode() + body

    return answer
