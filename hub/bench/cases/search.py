"""Search over many messages: words that are everywhere and words that are nowhere, for those who see all and little.

The words are made up, as frequent as words of a language are: the most frequent one is in every other message, and most
are in a few (Zipf's law).
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from urllib.parse import quote
from uuid import UUID

from hub.bench import wire
from hub.bench.cases.lists import fill
from hub.bench.crowd import Lost
from hub.bench.load import chance
from hub.bench.people import Agents
from hub.bench.samples import percentile
from hub.bench.stage import Measured, Stage
from hub.bench.wire import Connection, connect
from hub.ids import uuid7

AGENTS, TEAMS = 20, 20

SAID = 50
"""Messages per conversation."""

WORDS = 12
"""Words per message."""

VOCABULARY = 20_000

_CONSONANTS, _VOWELS = "bcdfglmnprstvz", ("a", "e", "i", "o", "u", "ã", "é")


def word(rank: int) -> str:
    """The word that is the `rank`th most frequent, from 1."""
    made, rest = "", rank
    while rest or not made:
        rest, consonant = divmod(rest, len(_CONSONANTS))
        rest, vowel = divmod(rest, len(_VOWELS))
        made += _CONSONANTS[consonant] + _VOWELS[vowel]
    return made + "r"


KINDS: dict[str, Callable[[random.Random], str]] = {
    "rare": lambda choice: word(choice.randint(10_000, VOCABULARY)),
    "common": lambda choice: word(choice.randint(50, 500)),
    "everywhere": lambda choice: word(choice.randint(1, 3)),
    "prefix": lambda choice: word(choice.randint(500, 5_000))[:4],
    "several": lambda choice: f"{word(choice.randint(1, 20))} {word(choice.randint(200, 2_000))}",
    "phrase": lambda choice: f'"{word(choice.randint(1, 5))} {word(choice.randint(1, 5))}"',
    "nothing": lambda choice: "xyzxyz",
}
"""What is looked for, by the name of its figure."""


async def measure(stage: Stage) -> None:
    """Each kind of question, asked by an admin, who sees everything, and by agents of one team of `TEAMS`."""
    for _ in stage.repetitions("search"):
        async with stage.hub() as hub:
            agents = await stage.agents(hub.url, AGENTS, TEAMS)
            await hub.postgres.execute(hub.url, "update users set role = 'admin' where id = $1", agents.users[0])
            await _say(hub, agents, stage.scale.said)
            connection = await connect(hub.port)
            for kind in KINDS:
                await _ask(stage, connection, kind, "admin", agents.tokens[:1])
                await _ask(stage, connection, kind, "agent", agents.tokens[1:])
            connection.close()


async def _say(hub: Measured, agents: Agents, count: int) -> None:
    """Messages, with the index of words made afterwards, which takes less time."""
    postgres, url = hub.postgres, hub.url
    await fill(hub, agents, count // SAID)
    index = await postgres.value(url, "select pg_get_indexdef('messages_words'::regclass)")
    await postgres.execute(url, "drop index messages_words")
    rows = await postgres.fetch(url, "select id from conversations order by id")
    columns = (
        "id", "conversation_id", "seq", "channel", "direction", "sender_type", "type", "text", "content_metadata",
        "status", "at", "created_at", "metadata", "internal",
    )  # fmt: skip
    await postgres.copy(url, "messages", columns, _messages([row["id"] for row in rows], count))
    await postgres.execute(url, index)
    await postgres.execute(url, "vacuum analyze")


def _messages(conversations: list[UUID], count: int) -> Iterator[tuple[object, ...]]:
    choice, now = chance(7), datetime.now(UTC)
    words = [word(rank) for rank in range(1, VOCABULARY + 1)]
    shares = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    begin = int(now.timestamp() * 1000) - count * 1_000
    for number in range(count):
        said = " ".join(choice.choices(words, cum_weights=shares, k=WORDS))
        seq, place = divmod(number, len(conversations))
        yield (
            uuid7(begin + number * 1_000), conversations[place], seq + 2, "listed", "inbound", "customer", "text", said,
            "{}", "received", now, now, "{}", "{}",
        )  # fmt: skip


async def _ask(stage: Stage, connection: Connection, kind: str, who: str, tokens: Sequence[str]) -> None:
    choice, took = chance(8), list[float]()
    for _ in range(stage.scale.reads):
        q = quote(KINDS[kind](choice))
        asked = wire.request(
            "GET", f"/api/v1/search?in=messages&q={q}", Authorization=f"Bearer {choice.choice(tokens)}"
        )
        began = time.perf_counter()
        answer = await connection.ask(asked)
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            raise Lost(f"a search was refused with {answer.status}")
    for percent in (50, 95):
        stage.samples.add(f"hub.search.{kind}.{who}.p{percent}", percentile(took[len(took) // 10 :], percent) * 1000)
