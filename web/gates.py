"""Refusing a delivery before it is handled.

One that is not let in is brought again by its sender, and what it costs is taken from those that are in hand. Making a
request of it, passing the middleware and dressing an answer costs a third of what storing it does; so it is refused as
soon as the parser has it, with an answer that is prepared. What is not plain is refused by the handler, in the same
words.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

import orjson
from aiohttp import HttpVersion11, hdrs
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import RawRequestMessage
from attrs import frozen

from web import problems, request_id
from web.admission import Gate, too_many
from web.health import Flags
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
    _flags: Flags

    def refusal(self, message: RawRequestMessage) -> bytes | None:
        """The whole answer to a request that is not let in, after which the connection goes on; None when more is to be
        said or done, which the handler sees to."""
        if message.should_close or message.upgrade or hdrs.EXPECT in message.headers or self._flags.draining:
            return None
        began = self._requests.begin()
        answer = self._answer(request_id.of(message.headers))
        self.gate.refused()
        self._requests.end(self.route.method, self.route.path, HTTPStatus.SERVICE_UNAVAILABLE, began)
        return answer


class Gates:
    """The gates of a server's routes, by method and address."""

    def __init__(self, routes: Sequence[Route], requests: Requests, headers: Mapping[str, str], flags: Flags) -> None:
        """`headers` are on every answer."""
        answer = _prepared(headers)
        self._entrances = {
            (route.method, gate.path): Entrance(route, gate, requests, answer, flags)
            for route in routes
            for gate in route.gates
        }

    def of(self, message: RawRequestMessage) -> Entrance | None:
        """Where this request enters; None when it is for the handler alone."""
        return self._entrances.get((message.method, message.path)) if message.version == HttpVersion11 else None


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

    def answer(id: str) -> bytes:
        body = before + id.encode() + after
        return (head % (rfc822_formatted_time(), id, len(body))).encode() + body

    return answer
