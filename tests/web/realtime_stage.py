"""The live stream as it is put together for real: a listening server, PostgreSQL, the journal, sockets on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse
from attrs import define, field
from prometheus_client import CollectorRegistry

from actors.event_ring import EventRing
from actors.event_tail import EventTail
from actors.presence import PresenceBoard
from actors.replay import Replayer
from actors.rights_watch import RightsWatch
from actors.session_registry import SessionRegistry
from actors.signals import AudienceCache, Signals
from hub.conversation.effects import Effects, NewEvent
from hub.events import Audience
from hub.ids import uuid7
from hub.journal import Change
from hub.presence import PresenceTable
from hub.rights import Role
from storage.database import Database
from storage.event import EventLog
from storage.idempotency import AnswerStore
from storage.journal import Journal
from storage.stream_ticket import StreamTicketStore
from storage.user import UserStore
from storage.viewer import ViewerStore
from web.accounts import Accounts
from web.gathered import Gathered
from web.health import Flags
from web.idempotency import Idempotency
from web.keys import ring
from web.metrics import Requests
from web.realtime import Colleagues, Realtime, StreamSettings
from web.realtime_access import Gate
from web.realtime_actions import RealtimeActions
from web.realtime_metrics import RealtimeMetrics
from web.server import Listener, build, serve
from web.tokens import AccessTokens

Frame = dict[str, Any]


def now() -> datetime:
    return datetime.now(UTC)


async def until(true: Callable[[], bool]) -> None:
    """Waits for something that happens soon."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


@define
class Person:
    """Somebody with an account and an access token."""

    id: UUID
    name: str
    sign_in: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@define
class Stage:
    """One replica."""

    database: Database
    journal: Journal
    registry: SessionRegistry
    tail: EventTail
    accounts: Accounts
    watch: RightsWatch
    realtime: Realtime
    metrics: CollectorRegistry
    listener: Listener
    client: ClientSession
    life: float
    _tokens: AccessTokens
    told: bool = True
    """Whether the tail is told of commits, or has to find them."""
    committed: list[NewEvent] = field(factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.port}"

    async def person(self, role: Role = Role.AGENT, *teams: UUID) -> Person:
        """A new account that is signed in."""
        user_id, sign_in = uuid7(), uuid7()
        name = f"Person {user_id.hex[-4:]}"
        async with self.database.acquire() as connection:
            await connection.execute(
                "insert into users (id, email, name, role, password_hash)"
                " values ($1, $2, $3, $4::text::user_role, 'x')",
                user_id,
                f"{user_id.hex}@demo.test",
                name,
                role.value,
            )
            await connection.execute(
                "insert into auth_sessions (id, user_id, token_hash, expires_at)"
                " values ($1, $2, $3, now() + interval '1 day')",
                sign_in,
                user_id,
                sign_in.bytes,
            )
            for team_id in teams:
                await connection.execute("insert into team_members values ($1, $2)", team_id, user_id)
        return Person(user_id, name, sign_in, self._tokens.issue(user_id, sign_in, 0))

    async def team(self) -> UUID:
        """A new team."""
        team_id = uuid7()
        await self.execute("insert into teams (id, name) values ($1, $2)", team_id, team_id.hex)
        return team_id

    async def conversation(self, team_id: UUID | None = None, assignee_id: UUID | None = None) -> UUID:
        """A new conversation of a team."""
        conversation_id, customer_id = uuid7(), uuid7()
        await self.execute("insert into customers (id) values ($1)", customer_id)
        await self.execute(
            "insert into conversations (id, channel, channel_type, customer_id, status, team_id, assignee_id, version,"
            " revision, last_change, created_at, updated_at)"
            " values ($1, 'main', 'whatsapp', $2, 'open', $3, $4, 1, 1, $1, now(), now())",
            conversation_id,
            customer_id,
            team_id,
            assignee_id,
        )
        return conversation_id

    async def execute(self, query: str, *values: Any) -> None:
        async with self.database.acquire() as connection:
            await connection.execute(query, *values)

    async def commit(
        self, *audiences: Audience, size: int = 10, conversation_id: UUID | None = None, type: str = "message.received"
    ) -> None:
        """One batch through the journal, one event per audience."""
        events = [
            NewEvent(uuid7(), type, now(), audience, {"text": "x" * size}, conversation_id or uuid7(), 1, 1)
            for audience in audiences
        ]
        _, commits = await self.journal.append([Change(uuid7(), Effects(events=events))])
        self.committed += events
        for commit in commits:
            if self.told:
                self.tail.committed(commit.previous, commit.events)

    def ws(self, person: Person, query: str = "", **more: Any) -> Any:
        """Opens a socket."""
        return self.client.ws_connect(f"{self.url}/ws{query}", **{"headers": person.headers, **more})

    def sse(self, person: Person, query: str = "", **headers: str) -> Any:
        """Opens an event stream."""
        return self.client.get(f"{self.url}/sse{query}", headers={**person.headers, **headers})

    def value(self, name: str, **labels: str) -> float:
        """A figure of the metrics."""
        return self.metrics.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def staged(
    database: Database,
    *,
    settings: StreamSettings | None = None,
    keep: int = 10_000,
    poll: float = 0.05,
    linger: float = 0.2,
    life: float = 900.0,
    public_url: str = "",
    origins: tuple[str, ...] = (),
) -> AsyncIterator[Stage]:
    """A running replica on this database."""
    shown = CollectorRegistry()
    metrics, requests = RealtimeMetrics(shown), Requests(shown)
    registry = SessionRegistry(metrics)
    log = EventLog(database)
    viewers = ViewerStore(database)
    audiences = AudienceCache(viewers)

    def publish(frames: Any) -> None:
        audiences.learn(frames)
        registry.publish(frames)

    tail = EventTail(log, publish, registry.reset, poll=poll, ring=EventRing(keep))
    metrics.follow(tail)
    tokens = AccessTokens(ring(["a secret of at least thirty-two bytes"], "access"), life)
    accounts = Accounts(Gathered(UserStore(database).accounts), tokens)
    watch = RightsWatch(registry, viewers, 0.1)
    accounts.watchers.append(watch.changed)
    presence = PresenceBoard(registry, now, table=PresenceTable(linger), gather=0.01)
    signals = Signals(audiences, registry, now)
    gate = Gate(accounts, tokens, viewers, StreamTicketStore(database), public_url=public_url, origins=origins)
    replayer = Replayer(tail, log, registry)
    colleagues = Colleagues(presence, signals)
    realtime = Realtime(gate, tail, registry, replayer, colleagues, metrics, now, settings or StreamSettings(grace=0.5))
    routes = [*realtime.routes(), *RealtimeActions(gate, presence, signals).routes()]
    app = build(
        routes,
        authenticate=accounts.authenticate,
        replay=Idempotency(AnswerStore(database)),
        requests=requests,
        flags=Flags(),
    )
    journal = Journal(database, uuid7().int % 2**31, timedelta(seconds=30))
    tasks = [asyncio.create_task(part.run()) for part in (tail, watch, presence)]
    await tail.opened()
    listener = await serve(app, "127.0.0.1", 0, requests=requests, shutdown_timeout=2.0)
    client = ClientSession()
    try:
        yield Stage(database, journal, registry, tail, accounts, watch, realtime, shown, listener, client, life, tokens)
    finally:
        await realtime.drain(0.0)
        await client.close()
        await listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await journal.close()


async def receive(socket: ClientWebSocketResponse, type: str) -> Frame:
    """The next frame of this type; others are passed over."""
    async with asyncio.timeout(20):
        while True:
            frame: Frame = await socket.receive_json(loads=orjson.loads)
            if frame["type"] == type:
                return frame


async def durable(socket: ClientWebSocketResponse, upto: int) -> list[Frame]:
    """The durable events up to a number, which must be one that this reader gets."""
    found: list[Frame] = []
    async with asyncio.timeout(15):
        while not found or found[-1]["seq"] < upto:
            frame = await socket.receive_json(loads=orjson.loads)
            if "id" in frame:
                found.append(frame)
    return found


async def stream_frames(response: ClientResponse) -> AsyncIterator[tuple[int | None, Frame]]:
    """The events of an event stream: `id`, and the JSON of `data`."""
    place: int | None = None
    async for line in response.content:
        if line.startswith(b"id: "):
            place = int(line[4:])
        elif line.startswith(b"data: "):
            yield place, orjson.loads(line[6:])
            place = None
