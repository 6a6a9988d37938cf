"""A past for the demo: conversations of the last weeks, decided by the hub's own rules with the clock set back, and
written through the journal like any other."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from attrs import frozen

from hub.commands.exits import CommandFailed
from hub.conversation.commands import (
    Author,
    Command,
    Context,
    Deliver,
    Opening,
    Outcome,
    Patch,
    Receive,
    Reply,
    SendResult,
)
from hub.conversation.effects import Effects
from hub.conversation.state import CustomerCard, Desk, Status
from hub.conversation.step import committed, step
from hub.delivery import DeliveryStatus
from hub.demo.crowd import crowd
from hub.demo.people import Person
from hub.demo.stories import Story
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, InboundMessage, Party, StatusUpdate
from hub.journal import Change
from hub.journal import Outcome as Written
from hub.message import Content, ContentType, Direction, Message
from hub.team import Team
from hub.user import User
from storage.conversation import Conversations
from storage.journal import Journal

CONVERSATIONS = 160
DAYS = 21


@frozen
class Scene:
    """Who writes, whose conversation it becomes, when, and how it stands today."""

    party: Party
    story: Story
    agent: User
    team: Team
    began: datetime
    ended: bool


async def write(
    journal: Journal, conversations: Conversations, teams: dict[str, Team], agents: Sequence[User], seed: int
) -> int:
    """Writes the past; returns how many conversations it has."""
    chance = random.Random(f"history-{seed}")  # noqa: S311 - a story, no secret
    openings = await conversations.openings([""] * CONVERSATIONS)
    changes: list[Change] = []
    for (number, _), person in zip(openings, crowd(CONVERSATIONS, seed), strict=True):
        changes.append(_play(_scene(chance, person, teams, agents), number, chance))
    for start in range(0, len(changes), 20):
        outcomes, _ = await journal.append(changes[start : start + 20])
        if not all(isinstance(outcome, Written) and outcome.written for outcome in outcomes):
            raise CommandFailed("The demo's past could not be written.")
    for change in changes:
        await _read_by_assignee(conversations, change)
    return len(changes)


async def _read_by_assignee(conversations: Conversations, change: Change) -> None:
    """Whoever answered has read what came before."""
    conversation = change.conversation
    answers = [m.seq for m in change.effects.messages.values() if m.direction is Direction.OUTBOUND]
    if conversation is not None and conversation.assignee_id is not None and answers:
        await conversations.mark_read(conversation.assignee_id, conversation.id, max(answers))


def _scene(chance: random.Random, person: Person, teams: dict[str, Team], agents: Sequence[User]) -> Scene:
    team = chance.choices(list(teams.values()), weights=(6, 3, 2))[0]
    ended = chance.random() < 0.8
    age = timedelta(hours=chance.uniform(30, DAYS * 24)) if ended else timedelta(minutes=chance.uniform(20, 22 * 60))
    return Scene(
        party=Party((Identity(IdentityKind.WA_ID, person.number),), person.name),
        story=person.stories[0],
        agent=chance.choice([agent for agent in agents if team.id in agent.team_ids] or list(agents)),
        team=team,
        began=datetime.now(UTC) - age,
        ended=ended,
    )


class _Stage:
    """A conversation in the making: commands are carried out at moments of the past."""

    def __init__(self, began: datetime) -> None:
        self.now = began
        self.desk = Desk()
        self.effects = Effects()

    def act(self, command: Command) -> object:
        context = Context(self.now, uuid7)
        self.desk, effects, answer = step(self.desk, command, context)
        self.effects.add(effects)
        return answer

    def later(self, seconds: float) -> None:
        self.now = min(self.now + timedelta(seconds=seconds), datetime.now(UTC))


def _play(scene: Scene, number: int, chance: random.Random) -> Change:
    stage = _Stage(scene.began)
    card = CustomerCard(uuid7(), scene.party.name, scene.party.identities[0].value, scene.began)
    opening = Opening(
        uuid7(), number, "whatsapp-main", "whatsapp", card, scene.team.id, True, identities=scene.party.identities
    )
    for line in scene.story.opening:
        _customer_says(stage, scene, line, opening)
    author = Author(scene.agent.id, scene.agent.name)
    if scene.ended or chance.random() < 0.7:
        stage.later(chance.uniform(30, 900))
        stage.act(Patch(author, assignee=author))
        _dialogue(stage, scene, opening, author, chance)
    if scene.ended:
        stage.later(120)
        stage.act(Patch(author, status=Status.RESOLVED))
    # What was sent in the past is settled in the past: nothing of it enters or leaves the outbox.
    stage.effects.outbox.clear()
    stage.effects.settled.clear()
    after = committed(Desk(), stage.desk, stage.effects)
    return Change(uuid7(), stage.effects, after.conversation, 0)


def _dialogue(stage: _Stage, scene: Scene, opening: Opening, author: Author, chance: random.Random) -> None:
    lines = [line for line in scene.story.replies if not line.startswith("<")]
    told = len(lines) if scene.ended else chance.randrange(len(lines) + 1)
    for answer, line in zip(scene.story.answers, lines[:told], strict=False):
        _agent_says(stage, author, answer, chance)
        stage.later(chance.uniform(20, 400))
        _customer_says(stage, scene, line, opening)
        stage.later(chance.uniform(20, 300))
    if scene.ended:
        _agent_says(stage, author, scene.story.answers[-1], chance)
        stage.later(60)
        _customer_says(stage, scene, scene.story.farewell, opening)


def _customer_says(stage: _Stage, scene: Scene, line: str, opening: Opening) -> None:
    content = Content(ContentType.TEXT, line)
    message = InboundMessage(f"history.{uuid7().hex}", scene.party, stage.now, content)
    stage.act(Receive((message,), opening))
    stage.later(8)


def _agent_says(stage: _Stage, author: Author, line: str, chance: random.Random) -> None:
    message = stage.act(Reply(uuid7(), author, "text", text=line))
    assert isinstance(message, Message)
    provider_id = f"history.{uuid7().hex}"
    stage.later(1)
    stage.act(_accepted(stage, message.id, provider_id))
    for status, wait in ((DeliveryStatus.DELIVERED, 2.0), (DeliveryStatus.READ, chance.uniform(5, 60))):
        stage.later(wait)
        update = StatusUpdate(provider_id, status, status.value, stage.now)
        stage.act(Deliver(((message.id, update),)))


def _accepted(stage: _Stage, message_id: UUID, provider_id: str) -> SendResult:
    row = stage.effects.outbox[-1]
    return SendResult(row.id, message_id, 1, Outcome.ACCEPTED, provider_id=provider_id)
