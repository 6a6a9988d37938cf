"""The demo as it runs: PostgreSQL, the hub, WhatsApp's simulator, people who write, and a screen that says where."""

import asyncio
import json
import logging
import os
import secrets
import time
import webbrowser
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import click
from attrs import frozen

from actors.kernel import TRACE
from hub import __version__
from hub.api_key import NewApiKey, Scope
from hub.app import Hub
from hub.commands import demo_ai, demo_back_office, demo_history, demo_people, logs, process
from hub.commands.database import embedded_url
from hub.commands.demo_ledger import narrate
from hub.commands.demo_return import bring_back
from hub.commands.exits import CommandFailed
from hub.commands.files import SECRETS_FILE, KeptSecrets
from hub.config import Config, load
from hub.demo import people as customers
from hub.demo import script
from hub.demo.back_office import BackOffice
from hub.demo.chat_app import ChatAppWorld
from hub.demo.chat_app import script as app_script
from hub.demo.stories import Story
from hub.demo.whatsapp import Timings, WhatsAppWorld
from hub.redaction import Redactor
from storage import embedded
from storage.api_key import ApiKeyStore
from storage.audit_keys import AuditKeys
from storage.conversation import Conversations
from storage.database import Database
from storage.journal import Journal
from storage.migrations import MigrationError, migrate

log = logging.getLogger("hub.demo")

CHANNEL = "whatsapp-main"
APP = "app"
APP_SHARE = 3
"""Of so many people who begin to write, one does so in the app."""
KEY_LIFE = timedelta(days=7)
"""How long the app's key is good; each start makes another."""
PHONE_NUMBER_ID = "106540352242922"
LIFELIKE = Timings(sent=(0.1, 1.0), delivered=(0.3, 3.0), read=(0.5, 2.0), retry_first=1.0, retry_ceiling=60.0)


@frozen
class Demo:
    """One run of the demo."""

    data: Path
    port: int
    rate: float
    seed: int
    browse: bool

    async def run(self) -> int:
        """Until Ctrl+C; gives the exit code."""
        asked = process.stop_signals()
        redactor = Redactor(AuditKeys.load(self.data / "audit").pseudonyms)
        logs.configure("warning", "auto", context=TRACE.get, redactor=redactor)
        _say(f" hub {__version__}   demo: simulated customers, channels and back ends. Nothing leaves this machine.\n")
        world, app = self._world(), ChatAppWorld()
        url, earlier = await self._database(world)
        try:
            await world.start(host="127.0.0.1", port=self.port + 1 if self.port else 0)
        except OSError:
            taken = f"Port {self.port + 1} is taken; the simulated WhatsApp needs it. Use --port."
            raise CommandFailed(taken) from None
        ai_key = await self._open_app(app, url)
        kept = KeptSecrets(self.data / SECRETS_FILE)
        office = await demo_back_office.opened(kept, self.port + 3 if self.port else 0, self.seed)
        config = self._config(world, app, office)
        hub = Hub(config, url, self.data, partial(embedded.revive, self.data))
        life: list[asyncio.Task[None]] = []

        async def started(port: int) -> None:
            world.webhooks.subscription.url = f"http://127.0.0.1:{port}/webhooks/whatsapp/{CHANNEL}"
            await hub.ready.wait()
            await world.subscribe()
            app.hub_url = f"http://127.0.0.1:{port}"
            office.webhooks.url = f"{app.hub_url}/webhooks/integrations/transaction_status"
            self._welcome(port, world.base_url, app.base_url, office.base_url)
            life.append(asyncio.create_task(script.live(world, self.rate, self.seed, earlier=earlier)))
            life.append(asyncio.create_task(app_script.live(app, self.rate / APP_SHARE, self.seed)))
            life.append(asyncio.create_task(demo_ai.life(app, office, ai_key, self.seed)))
            life.append(asyncio.create_task(narrate(world)))
            for task in life:
                task.add_done_callback(_complain)

        try:
            return await process.serve(hub, started, asked)
        finally:
            for task in life:
                task.cancel()
            await asyncio.gather(*life, return_exceptions=True)
            await office.stop()
            await app.stop()
            await world.stop()

    async def _open_app(self, app: ChatAppWorld, url: str) -> str:
        """The company's own server, with a key of the hub's; returns the key of its AI agent."""
        try:
            await app.start(port=self.port + 2 if self.port else 0)
        except OSError:
            raise CommandFailed(f"Port {self.port + 2} is taken; the Chat App needs it. Use --port.") from None
        database = Database(url, application="hub:demo")
        await database.open()
        try:
            until = datetime.now(UTC) + KEY_LIFE
            _, app.key = await ApiKeyStore(database).create(NewApiKey("Chat App of the demo", Scope.CHAT_APP, until))
            return await demo_ai.made_key(database)
        finally:
            await database.close()

    async def _database(self, world: WhatsAppWorld) -> tuple[str, dict[str, Story]]:
        began = time.monotonic()
        url = await embedded_url(self.data)
        _fact("Starting PostgreSQL (embedded)", f"{time.monotonic() - began:.1f} s", str(self.data / "pg"))
        database = Database(url, application="hub:demo")
        await database.open()
        try:
            async with database.acquire() as connection:
                applied = await migrate(connection)
            _fact("Migrations", f"{len(applied)} applied")
            await self._settle(database)
            earlier = await bring_back(database, world, CHANNEL)
        except MigrationError as error:
            raise CommandFailed(str(error)) from None
        finally:
            await database.close()
        return url, earlier

    async def _settle(self, database: Database) -> None:
        teams, colleagues = await demo_people.settle(database)
        if not colleagues:
            _fact("Demo data", "there already")
            return
        journal = Journal(database, secrets.randbits(31), timedelta(seconds=30))
        try:
            users = [user for user in colleagues if user.role == "agent"]
            count = await demo_history.write(journal, Conversations(database), teams, users, self.seed)
        finally:
            await journal.close()
        _fact("Demo data", f"{len(teams)} teams, {len(colleagues)} people, {count} conversations")

    def _world(self) -> WhatsAppWorld:
        kept = KeptSecrets(self.data / SECRETS_FILE)
        world = WhatsAppWorld(
            phone_number_id=PHONE_NUMBER_ID,
            access_token=kept.make_up(("demo", "access_token")),
            app_secret=kept.make_up(("demo", "app_secret")),
            verify_token=kept.make_up(("demo", "verify_token")),
            webhook_url="",
            seed=self.seed,
            run=time.time_ns(),
            timings=LIFELIKE,
        )
        customers.settle(world)
        return world

    def _config(self, world: WhatsAppWorld, app: ChatAppWorld, office: BackOffice) -> Config:
        kept = KeptSecrets(self.data / SECRETS_FILE)
        credentials = world.credentials
        subscription = world.webhooks.subscription
        channel = f"channels.{CHANNEL}"
        values: dict[str, str | list[str]] = {
            "server.port": str(self.port),
            "drain.spread": "0",
            f"{channel}.type": "whatsapp",
            f"{channel}.phone_number_id": PHONE_NUMBER_ID,
            f"{channel}.waba_id": world.account.waba_id,
            f"{channel}.access_token": credentials.access_token,
            f"{channel}.app_secret": subscription.app_secret,
            f"{channel}.verify_token": subscription.verify_token,
            f"{channel}.graph_url": world.base_url,
            f"{channel}.default_team": "Support",
            f"channels.{APP}.type": "chat_app",
            f"channels.{APP}.default_team": "Support",
            f"channels.{APP}.allowed_origins": [app.base_url],
            **demo_ai.settings(),
            **demo_back_office.settings(office),
        }
        return load(_toml(values), name="demo", make_up=kept.make_up).config

    def _welcome(self, port: int, world_url: str, app_url: str, office_url: str) -> None:
        inbox = f"http://127.0.0.1:{port}/"
        _say("")
        _fact("Inbox", inbox)
        for colleague in demo_people.COLLEAGUES:
            if colleague.email in demo_people.SHOWN:
                where = f", {colleague.teams[0]}" if colleague.role == "agent" else ""
                _fact("Sign in", f"{colleague.email:<16}  {demo_people.PASSWORD}", f"{colleague.role}{where}")
        _fact("API docs", f"{inbox}docs", f"metrics {inbox}metrics")
        _fact("Fake world", f"{world_url}/", "write as a customer, break WhatsApp, close a window")
        _fact("Chat App", f"{app_url}/", "the company's own app: write as its customer")
        _fact("Back ends", f"{office_url}/office/ledger", "tickets and payments, and what the hub asked of them")
        _say("\n Ctrl+C stops the hub and the fake world.\n")
        if self.browse and _may_browse():
            webbrowser.open(inbox)


def _complain(task: "asyncio.Task[None]") -> None:
    """Without its people the demo goes on, but not unnoticed."""
    if not task.cancelled() and task.exception() is not None:
        log.error("a part of the demo has failed", exc_info=task.exception())


def _toml(values: Mapping[str, str | list[str]]) -> bytes:
    """The values as a configuration file."""
    sections: dict[str, list[str]] = {}
    for path, value in values.items():
        section, _, key = path.rpartition(".")
        shown = str(value) if key == "port" else json.dumps(value)
        sections.setdefault(section, []).append(f"{key} = {shown}")
    return "\n".join(f"[{section}]\n" + "\n".join(lines) for section, lines in sections.items()).encode()


def _say(text: str) -> None:
    click.echo(text, err=True)


def _fact(name: str, value: str, more: str = "") -> None:
    _say(f" {name:<31} {value:<28} {more}".rstrip())


def _may_browse() -> bool:
    """Whether there is a screen to open a browser on."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.uname().sysname == "Darwin")
