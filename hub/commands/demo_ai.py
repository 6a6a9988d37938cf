"""The demo's AI agent: its key, the channel whose customers it serves, and what it does, a line each."""

import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from hub.api_key import NewApiKey, Scope
from hub.demo import ai_agent
from hub.demo.ai_agent.script import CHANNEL
from hub.demo.back_office import BackOffice
from hub.demo.chat_app import ChatAppWorld
from storage.api_key import ApiKeyStore
from storage.database import Database

KEY_LIFE = timedelta(days=7)
"""How long the agent's key is good; each start makes another."""

MARKS = {"hold": "yellow", "open": "red", "down": "red", "up": "green", "yes": "green"}

HINTS = {"hold": ": chika@demo.test decides in the inbox"}
"""What whoever watches can do about it."""


def settings() -> dict[str, str | list[str]]:
    """The payment app's channel: its conversations are the sales team's, who may pay."""
    channel = f"channels.{CHANNEL}"
    return {f"{channel}.type": "chat_app", f"{channel}.default_team": "Sales", f"{channel}.allowed_origins": []}


async def made_key(database: Database) -> str:
    """A key for the agent."""
    until = datetime.now(UTC) + KEY_LIFE
    _, secret = await ApiKeyStore(database).create(NewApiKey("AI agent of the demo", Scope.AI, until))
    return secret


def life(app: ChatAppWorld, office: BackOffice, key: str, seed: int) -> Coroutine[Any, Any, None]:
    """The agent and its customers, until cancelled."""
    return ai_agent.live(app, office, key, teller(), seed, run=f"{int(time.time()) % 10**7:07}")


def teller(echo: Callable[[str], None] | None = None) -> Callable[[str, str], None]:
    """Tells on the terminal what happens."""
    say = echo or (lambda line: click.echo(line, err=True))

    def tell(word: str, line: str) -> None:
        mark = click.style(f"{word:<4}", fg=MARKS.get(word, "cyan"))
        say(f" {time.strftime('%H:%M:%S')}  {mark} {line}{HINTS.get(word, '')}")

    return tell
