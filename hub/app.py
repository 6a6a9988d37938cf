"""Where everything is tied together, once, from top to bottom: the configuration becomes stores, actors, doors and a
listening server, and an order in which they start and stop. Nobody else knows all the parts.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiojobs

from actors import courier, due, housekeeping, kinds, merge_watch, tag
from actors.audit_keeper import AuditKeeper
from actors.cast import Cast
from actors.chores import every, measure_lag
from actors.event_ring import EventRing
from actors.event_tail import EventTail
from actors.gestures import Gestures
from actors.housekeeping import Housekeeping
from actors.intake import Intake
from actors.kernel import Child, Limit, Supervisor, System
from actors.merge_watch import MergeWatch
from actors.session_registry import SessionRegistry
from actors.signals import AudienceCache, Signals
from hub import __version__
from hub.channel import Channel
from hub.config import ChatAppChannel, Config
from hub.frame import Frame
from hub.journal import Committed
from hub.outbox import Carrier
from hub.redaction import Redactor
from hub.whatsapp.reference import parse_reference
from storage.audit_verification import AuditWitness
from storage.bring_up import bring_up
from storage.migrations import MigrationError
from storage.pinger import Pinger
from storage.stores import Stores
from web import agent_streams, back_ends, keys, mcp, server, supervised, webhooks_out
from web.accounts import Accounts
from web.agent_streams import AgentStreams
from web.ai.gateway import AiGateway, World
from web.back_office import BackOffice
from web.body import BodyLimits
from web.chat_app.app import ChatApp
from web.cookie import Cookie
from web.cursors import Cursors
from web.desk import Desk
from web.figures import Figures
from web.gathered import Gathered
from web.health import Flags, State
from web.idempotency import Idempotency
from web.key_access import KeyAccess
from web.media import MediaDoors
from web.multipart import FormLimits
from web.operations import Operations
from web.page import InboxPage
from web.people import People
from web.routes import Route
from web.server import Listener
from web.tokens import AccessTokens
from web.transaction_desk import Means, TransactionDesk
from web.whatsapp import numbers

log = logging.getLogger("hub.app")

STATIC = Path(__file__).parents[1] / "web" / "static"


def now() -> datetime:
    """The hub's clock."""
    return datetime.now(UTC)


class StartFailed(Exception):
    """The hub cannot run like this; the message says why. Starting again does not help."""


class Hub:
    """One replica: built by `__init__`, running between `start` and `stop`."""

    def __init__(
        self, config: Config, database_url: str, data: Path, revive: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        """`data` is the data directory; `revive` starts a PostgreSQL of the hub's own again when it does not answer."""
        self.config = config
        self._revive = revive
        self.replica = secrets.randbits(31)
        self.stores = Stores.of(config, database_url, self.replica, data)
        circuits = back_ends.circuits(config.integrations)
        self.figures = Figures.of(__version__, tuple(config.channels), self.stores.database.size, circuits)
        self.redactor = Redactor(self.stores.audit_keys.pseudonyms, self.figures.audit.redacted)
        witness = AuditWitness(self.stores.audit, self.stores.audit_keys)
        self.audit = AuditKeeper(
            witness, self.stores.audit_verifier, self.stores.audit.broke, self.figures.audit, config.audit, now
        )
        self.flags = Flags(lag_most=config.health.loop_lag)
        self.system = System(quantum=config.actors.quantum, observer=self.figures.actors)
        self.figures.actors.read(self.system.stats)
        self.sessions = SessionRegistry(self.figures.realtime, now)
        self.audiences = AudienceCache(self.stores.viewers)
        self.intake = Intake(
            self.system, self.stores.messages, self.stores.quarantine, now, self.figures.ingress, parse_reference
        )
        apps = {name: given for name, given in config.channels.items() if isinstance(given, ChatAppChannel)}
        self.chat = ChatApp(
            apps, self.system, self.stores, self.intake, self.audiences, self.sessions, self.figures.realtime, now
        )
        ring = EventRing(config.events.ring)
        self.tail = EventTail(self.stores.events, self._push, self._reset, poll=config.events.poll, ring=ring)
        self.figures.realtime.follow(self.tail)
        self.streams = AgentStreams(config, self.stores, self.sessions, self.tail, self.figures.realtime, now)
        self.ready = asyncio.Event()
        self._broken: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        self._closing = contextlib.AsyncExitStack()

    # Start

    async def start(self) -> int:
        """Listens, then comes up behind it; returns the port. Raises OSError when the address cannot be had.

        The answer comes before the database is there: until then `/readyz` says 503 and doors answer `unavailable`.
        """
        await self.stores.files.clear_left_behind()
        await self._open_lines()
        self._register_actors()
        self._housekeeping = Housekeeping(self.stores.chores(now), self.figures.housekeeping.done)
        self._accounts = self._make_accounts()
        self._keys = KeyAccess(self.stores.api_keys, self._accounts.principal)
        try:
            self._listener = await self._listen()
        except OSError:
            await self._errands.close()
            await self._closing.aclose()
            raise
        self._root = Supervisor("hub", self._children(), Limit(5, within=30.0), strategy="rest_for_one")
        self._running = asyncio.create_task(self._watch())
        return self._listener.port

    async def _open_lines(self) -> None:
        """The ways out to the channels."""
        config, stores, enter = self.config, self.stores, self._closing.enter_async_context
        self._errands = aiojobs.Scheduler(limit=None, close_timeout=15.0)
        self._numbers = await enter(numbers.opened(config, stores.media, stores.files))
        self._carriers: dict[str, Carrier] = {**self._numbers.carriers, **self.chat.carriers}
        self._gestures = Gestures(self._carriers, stores.conversations, self._errands.spawn)
        spawn, figures = self._errands.spawn, self.figures.integrations
        way = back_ends.opened(config, self.system, stores.circuits, figures, self.flags, spawn, now)
        self._back_ends = await enter(way)
        self._supervision = await enter(supervised.opened(config, self.system, stores, self.figures.supervision, now))
        self._transactions = TransactionDesk(
            Means(
                config,
                stores,
                self.system,
                self._back_ends,
                self._errands.spawn,
                self.replica,
                self.figures.transactions,
            )
        )
        self._supervision.redrivers.update(self._transactions.redrivers())
        self._webhooks = await enter(
            webhooks_out.opened(
                config, self.system, stores.webhook_dispatch, self.figures.webhooks, self._errands.spawn, now
            )
        )

    def _children(self) -> list[Child]:
        """What runs beside the actors, in the order of dependence."""
        pinger = Pinger(self.stores.database, self._database_is, self.config.health.ping)
        return [
            Child("reviver", partial(every, 1.0, self._keep_alive)),
            Child("database", self._connect, ready=self.ready.wait),
            Child("pinger", pinger.run),
            Child("tail", self.tail.run, ready=self.tail.opened),
            Child("rights", self.streams.rights.run),
            Child("presence", self.streams.presence.run),
            Child("loop", partial(measure_lag, self._lags)),
            Child("gauges", partial(every, 5.0, self._gauge)),
            Child("due", partial(every, due.EVERY, due.DueWatch(self.system, self.stores.due, now).look)),
            Child("merges", partial(every, merge_watch.EVERY, MergeWatch(self.system, self.stores.merges).look)),
            Child("housekeeping", partial(every, housekeeping.EVERY, self._housekeeping.round)),
            Child("search", partial(every, 1.0, self.stores.searches.sort_in)),
            Child("webhooks", self._webhooks.run),
            Child("supervision", self._supervision.run),
            Child("transactions", self._transactions.run),
            Child("audit", self.audit.run),
        ]

    async def _watch(self) -> None:
        try:
            await self._root.run()
        except Exception as error:
            log.critical("a part of the hub failed too often", exc_info=True)
            self._give_up(error)
            self.flags.broken = "a part of the hub failed too often"

    async def broken(self) -> Exception:
        """Returns when the hub cannot go on: why."""
        return await self._broken

    def _give_up(self, error: Exception) -> None:
        if not self._broken.done():
            self._broken.set_result(error)

    async def _connect(self) -> None:
        """Brings the database up, says so, and has the couriers take up what was left behind."""
        given = self.config.database
        try:
            applied = await bring_up(self.stores.database, self.stores.journal, given.retry_first, given.retry_most)
        except MigrationError as error:
            self._give_up(StartFailed(str(error)))
            await asyncio.Event().wait()
        log.info("the database is up", extra={"migrations": len(applied)})
        self.flags.set("migrations", State.OK)
        self._database_is(True, "")
        self.ready.set()
        self.system.ref(kinds.RETAGGER, 0).tell(tag.Look())
        for name in self._carriers:
            self.system.ref(kinds.COURIER, name).tell(courier.Sweep())
        for name in self._numbers.by_channel:
            self._cast.media_waits(name)
        await asyncio.Event().wait()

    def _database_is(self, there: bool, why: str) -> None:
        self.flags.set("database", State.OK if there else State.DOWN, why, self.config.health.fresh + 1.0)

    # Actors

    def _register_actors(self) -> None:
        self._channels = {
            name: Channel(name, given.type, given.default_team, timedelta(seconds=given.reopen_window))
            for name, given in self.config.channels.items()
        }
        self._cast = Cast(
            config=self.config,
            system=self.system,
            stores=self.stores,
            channels=self._channels,
            carriers=self._carriers,
            repeatable=frozenset(self.chat.carriers),
            sources={name: number.media for name, number in self._numbers.by_channel.items()},
            spawn=self._errands.spawn,
            publish=self._publish,
            tried=self.figures.outbound.tried,
            fetched=self.figures.media.fetched,
            clock=now,
        )
        self._cast.register()

    def _push(self, frames: Sequence[Frame]) -> None:
        self.audiences.learn(frames)
        self.sessions.publish(frames)
        self.chat.publish(frames)
        self._back_ends.heard(frames)
        self._transactions.push(frames)
        self._webhooks.news()

    def _reset(self, reason: str, seq: int) -> None:
        self.sessions.reset(reason, seq)
        self.chat.reset(reason, seq)
        self._back_ends.forget_all()

    def _publish(self, committed: Committed) -> None:
        self.tail.committed(committed.previous, committed.events)

    # Doors

    def _make_accounts(self) -> Accounts:
        auth = self.config.auth
        signing = [secret.reveal() for secret in auth.secret]
        self._cursors = Cursors(keys.ring(signing, "cursor"))
        self._access = AccessTokens(keys.ring(signing, "access token"), auth.access_ttl)
        return Accounts(Gathered(self.stores.users.accounts), self._access, fresh=1.0)

    def _desk(self) -> list[Route]:
        world = Desk(
            config=self.config,
            system=self.system,
            stores=self.stores,
            cursors=self._cursors,
            clock=now,
            find_template=self._numbers.find_template,
            templates=self._numbers.templates,
            was_read=self._gestures.read,
            viewers=self.streams.viewing.of,
            channels=self._channels,
            uploaded=self.figures.media.uploaded,
            exported=self.figures.exports,
        )
        signals = Signals(
            self.audiences, self.sessions, now, self._gestures.typing, self.chat.signal, self.streams.viewing
        )
        transactions = self._transactions.routes(self._cursors)
        streams = self.streams.routes(self._accounts, self._access, signals)
        return [*world.routes(), *self._back_office().routes(), *transactions, *streams]

    def _back_office(self) -> BackOffice:
        came, pseudonym = self.figures.integrations.webhook, self.redactor.customer
        return BackOffice(self.config, self.system, self.stores, self._back_ends, self._cursors, now, pseudonym, came)

    def _channel_doors(self) -> list[Route]:
        stores, config = self.stores, self.config
        whatsapp = self._numbers.routes(config, self.intake, self.figures.ingress, now)
        form = FormLimits(config.media.max_bytes)
        media = MediaDoors(stores.media, stores.files, form, self.figures.media.uploaded)
        return [*whatsapp, *self.chat.routes(self.tail, self._keys, media, agent_streams.settings(config))]

    def _ai_doors(self) -> list[Route]:
        gateway = AiGateway(
            World(
                config=self.config,
                stores=self.stores,
                system=self.system,
                keys=self._keys,
                integrations=self._back_ends,
                drafts=self._transactions.drafts,
                redactor=self.redactor,
                metrics=self.figures.ai,
                clock=now,
            )
        )
        return [*gateway.routes(), *mcp.routes(gateway, self.config)]

    def _routes(self) -> list[Route]:
        config, stores = self.config, self.stores
        people = People(
            config,
            stores.users,
            stores.teams,
            stores.sign_ins,
            stores.attempts,
            self._accounts,
            self._access,
            stores.api_keys,
            self._keys,
            self._cursors,
            now,
        )
        api = [*people.routes(), *self._desk(), *self._channel_doors(), *self._ai_doors()]
        page = InboxPage(STATIC, Cookie.of(config))
        return [*api, *Operations(config, self.flags, self.figures).routes(api), *page.routes()]

    async def _listen(self) -> Listener:
        config = self.config
        app = server.build(
            self._routes(),
            authenticate=self._keys.api,
            replay=Idempotency(self.stores.answers),
            requests=self.figures.requests,
            flags=self.flags,
            body_limits=BodyLimits(config.limits.api_body, config.timeouts.body),
            secure=config.server.public_url.startswith("https:"),
        )
        limits = server.ServerLimits(
            connections=config.limits.connections,
            keepalive=config.timeouts.keepalive,
            header_bytes=config.limits.header_bytes,
        )
        return await server.serve(
            app,
            config.server.host,
            config.server.port,
            requests=self.figures.requests,
            limits=limits,
            shutdown_timeout=config.drain.requests,
        )

    # Background

    def _lags(self, seconds: float) -> None:
        self.flags.lag = seconds
        self.figures.actors.lag.set(seconds)

    async def _keep_alive(self) -> None:
        """Starts the hub's own PostgreSQL again when it is gone."""
        if self._revive is not None and self.flags.parts["database"].state is State.DOWN:
            log.warning("PostgreSQL does not answer and is started again")
            await self._revive()

    async def _gauge(self) -> None:
        """Keeps the figures that only the database knows."""
        self.figures.outbound.depth(await self.stores.outbox.depth())
        for channel, count, _ in await self.stores.media.waiting():
            self.figures.media.waiting(channel, count)
        self.figures.webhooks.depth(await self.stores.webhook_dispatch.depth())

    # Stop

    async def stop(self) -> None:
        """Stops in an order that loses nothing: no new work, what is under way ends, everybody is answered."""
        drain = self.config.drain
        self.flags.draining = True
        await asyncio.sleep(drain.delay)
        clock = asyncio.get_running_loop().time
        until = clock() + drain.requests
        for name in self._carriers:
            self.system.ref(kinds.COURIER, name).tell(courier.Close())
        self._webhooks.close()
        await self._listener.stop_accepting()
        await asyncio.gather(self.streams.drain(drain.spread), self.chat.drain(drain.spread))
        await self._listener.close()
        await self._errands.wait_and_close(max(until - clock(), 0.0))
        report = await self.system.drain(drain.mailboxes)
        log.info("drained", extra={"report": repr(report)})
        await self._root.stop()
        await self._running
        await self.stores.journal.close()
        await self.stores.database.close(drain.pool)
        self.stores.files.close()
        await self._closing.aclose()
