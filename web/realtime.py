"""Live streams: a WebSocket and an event stream, the same frames on both, for colleagues and for customers alike."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from aiohttp import HttpVersion11, web
from aiohttp_sse import EventSourceResponse
from attrs import define, field, frozen

from actors.event_tail import EventTail
from actors.presence import PresenceBoard
from actors.replay import Replayer, ResumePoint, Start
from actors.session import CloseCode, Session, SessionLimits
from actors.session_registry import SessionRegistry
from actors.signals import Signals
from hub.audience import Viewer
from hub.clock import rfc3339
from hub.errors import BadRequest, Forbidden, HubError, Unauthenticated, Unavailable
from hub.frame import Frame, control_frame
from web.heartbeat import Heartbeat
from web.realtime_access import SUBPROTOCOL, Admission, resume_point, subprotocols
from web.realtime_client import PER_SECOND, ClientFrames, Frames
from web.realtime_link import GRACE, STALLED, SocketLink, StreamLink
from web.realtime_metrics import RealtimeMetrics
from web.realtime_socket import Client, Handshake, Socket
from web.routes import Handler, Route

log = logging.getLogger("hub.realtime")

LONGEST_FRAME = 16 * 1024
"""Bytes of a client's frame; a longer one closes the socket with 1009."""


@frozen(kw_only=True)
class StreamSettings:
    """How streams are kept. Seconds; `limits` say how much may wait for one."""

    heartbeat: float = 25.0
    grace: float = GRACE
    stalled: float = STALLED
    limits: SessionLimits = field(factory=SessionLimits)


class Gateway(Protocol):
    """Who may open a stream. Both raise what refuses the request."""

    async def socket(self, request: web.Request) -> Admission:
        """For the WebSocket."""

    async def stream(self, request: web.Request) -> Admission:
        """For the event stream."""


class Attendance(Protocol):
    """What comes with being there: who is told of it, what one is told first, and what one may say."""

    @property
    def audience(self) -> str:
        """Who these are, in the metrics."""

    def connected(self, viewer: Viewer) -> None:
        """A stream was opened."""

    def disconnected(self, viewer: Viewer) -> None:
        """A stream was closed."""

    def snapshot(self) -> Sequence[Frame]:
        """What is told after hello."""

    def frames(self, session: Session) -> Frames:
        """The reader of what this client says."""


@frozen
class Colleagues:
    """Agents: they see who is there, and say where they type and look, so often `per_second`."""

    presence: PresenceBoard
    signals: Signals
    per_second: float = PER_SECOND
    audience: str = "agent"

    def connected(self, viewer: Viewer) -> None:
        """Colleagues are told."""
        self.presence.connected(viewer)

    def disconnected(self, viewer: Viewer) -> None:
        """They are told, unless he comes back soon."""
        self.presence.disconnected(viewer.user_id)

    def snapshot(self) -> Sequence[Frame]:
        """Who is there."""
        return [self.presence.greeting()]

    def frames(self, session: Session) -> Frames:
        """What agents may say."""
        return ClientFrames(session, self.signals, self.presence, asyncio.get_running_loop().time, self.per_second)


@define
class Realtime:
    """The doors of the live stream. `paths` are those of the WebSocket and of the event stream."""

    gate: Gateway
    tail: EventTail
    registry: SessionRegistry
    replayer: Replayer
    attendance: Attendance
    metrics: RealtimeMetrics
    clock: Callable[[], datetime]
    settings: StreamSettings = field(factory=StreamSettings)
    paths: tuple[str, str] = ("/ws", "/sse")
    # Set when the process is to end: new streams are sent elsewhere.
    draining: bool = False
    _heartbeat: Heartbeat = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._heartbeat = Heartbeat(self.settings.heartbeat / 2)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket. Everything that can be refused is refused before the upgrade."""
        settings = self.settings
        admission, point = await self._admit("ws", request, self.gate.socket)
        subprotocols(request)
        response = Handshake(protocols=(SUBPROTOCOL,), compress=False)
        if not response.can_prepare(request):
            self.metrics.asked("ws", BadRequest.code, self.attendance.audience)
            raise BadRequest("This address takes WebSocket handshakes (version 13) only.")
        await response.prepare(request)
        socket = Socket(LONGEST_FRAME)
        link = SocketLink(socket.take_over(request), socket.drain, settings.grace, settings.stalled)
        session = Session(admission.viewer, link, settings.limits, admission.sign_in)
        client = Client(session, link, self.registry, self.attendance.frames(session), self._open(session, admission))
        socket.listen(client)
        self._heartbeat.add(socket)
        self._greet(session, point)
        if point.after is None:
            await self._resume(session, point)
        else:
            client.replaying = asyncio.create_task(self._resume(session, point))
        return response

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """`GET /sse`: the same, one way, for clients behind what breaks WebSockets."""
        settings = self.settings
        if request.version < HttpVersion11:
            raise BadRequest("Event streams need HTTP/1.1; set proxy_http_version 1.1 in the proxy.")
        admission, point = await self._admit("sse", request, self.gate.stream)
        response = EventSourceResponse(ping_interval=settings.heartbeat, send_timeout=settings.stalled)
        # Said at the beginning: a client that takes the end for a free connection would lose its next request on it.
        response.force_close()
        response.headers["Connection"] = "close"
        writer = await response.prepare(request)
        assert writer is not None
        # The headers leave with the first write; what follows goes to the transport as it is.
        await response.write(b": hub.v1\n\n")
        link = StreamLink(request, response, writer, settings.grace, settings.stalled)
        session = Session(admission.viewer, link, settings.limits, admission.sign_in)
        leave = self._open(session, admission)
        try:
            async with response:
                self._greet(session, point)
                await self._resume(session, point)
                await response.wait()
        finally:
            leave()
            await link.finish()
        return response

    async def drain(self, spread: float) -> None:
        """Sends everybody elsewhere within `spread` seconds and lets nobody in any more."""
        self.draining = True
        await self.registry.drain(spread)

    def routes(self) -> list[Route]:
        """Both. They check tokens themselves, because they take them from more places than a header."""
        return [
            _stream_route(self.paths[0], self.socket, "Live events on a WebSocket"),
            _stream_route(self.paths[1], self.stream, "Live events as an event stream"),
        ]

    async def _admit(
        self, transport: str, request: web.Request, gate: Callable[[web.Request], Awaitable[Admission]]
    ) -> tuple[Admission, ResumePoint]:
        """Who comes in, and where the stream begins. Raises what refuses him, and counts it."""
        try:
            if self.draining:
                raise Unavailable("This replica is about to stop.", retry_after=1)
            admission = await gate(request)
            point = resume_point(request)
            # The number may be one that another replica committed and this one has not heard of.
            await self.tail.reach(point.after or 0)
            self.tail.position  # noqa: B018 - raises Unavailable before the log was read
        except HubError as error:
            self.metrics.asked(transport, error.code, self.attendance.audience)
            raise
        return admission, point

    def _open(self, session: Session, admission: Admission) -> Callable[[], None]:
        """Registers the session, at most for as long as its token is good; returns what ends it."""
        transport, attendance = session.link.transport, self.attendance
        loop = asyncio.get_running_loop()
        remaining = (admission.until - self.clock()).total_seconds()
        end = loop.call_later(max(0.0, remaining), self.registry.cut, session, CloseCode.UNAUTHENTICATED)
        self.metrics.asked(transport, "accepted", attendance.audience)
        self.metrics.opened(transport, attendance.audience)
        self.registry.add(session)
        attendance.connected(session.viewer)
        return partial(self._close, session, end)

    def _close(self, session: Session, end: asyncio.TimerHandle) -> None:
        end.cancel()
        self.registry.remove(session)
        self.attendance.disconnected(session.viewer)
        self.metrics.closed(session.link.transport, session.link.code, self.attendance.audience)

    def _greet(self, session: Session, point: ResumePoint) -> None:
        """Hello, and what goes with it. Who begins at the head resumes from there, whether or not anything follows."""
        position = self.tail.position
        hello = control_frame(
            "hello",
            position.head if point.after is None else None,
            seq=position.head,
            epoch=position.epoch,
            server_time=rfc3339(self.clock()),
            heartbeat_s=int(self.settings.heartbeat),
        )
        session.say(hello, *self.attendance.snapshot())

    async def _resume(self, session: Session, point: ResumePoint) -> None:
        try:
            start = await self.replayer.resume(session, point)
        except Exception:
            log.exception("a stream could not be resumed")
            self.registry.cut(session, CloseCode.TRY_LATER, 1.0)
            return
        self.metrics.resumed(start.value if start in (Start.FRESH, Start.REPLAYED) else "reset")


def _stream_route(path: str, handler: Handler, summary: str) -> Route:
    return Route(
        method="GET",
        path=path,
        handler=handler,
        summary=summary,
        permission=None,
        errors=(Unauthenticated, Forbidden, BadRequest, Unavailable),
        stream=True,
        tags=("realtime",),
    )
