"""Dead letters: what was given up at a back end. Supervisors see them, administrators have them done again."""

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from aiohttp import web
from attrs import frozen

from hub.clock import from_rfc3339
from hub.dead_letter import REDRIVES_PER_SECOND, DeadLetter, DeadLetters, LetterKind, LetterState, Which
from hub.errors import AuditUnavailable, InvalidTransition, NotFound
from hub.rights import Permission
from web import answers
from web.body import path_id, query, read
from web.cursors import MOST_CHARACTERS, Cursors
from web.fields import number, text
from web.paging import MOST, USUAL
from web.principal import principal
from web.routes import Route, Section

_NAME: dict[str, Any] = {"most": 64, "pattern": r"[a-z_]+", "what": "the name of an integration or operation"}


@frozen
class DeadLettersAsked:
    """A page of dead letters: those that fit all that is given."""

    integration: str | None = text(default=None, example="transaction_create", **_NAME)
    operation: str | None = text(default=None, example="commit_draft", **_NAME)
    kind: LetterKind | None = None
    state: LetterState | None = None
    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)


@frozen
class RedriveAsked:
    """Which dead letters are done again, the oldest first, and how many a second."""

    integration: str | None = text(default=None, example="transaction_create", **_NAME)
    operation: str | None = text(default=None, example="commit_draft", **_NAME)
    kind: LetterKind | None = None
    rate: int = number(1, REDRIVES_PER_SECOND, default=REDRIVES_PER_SECOND)


@frozen
class DeadLetterSeen:
    """A dead letter. `ref_id` is what it is about: a draft, a tool call. `problem` is the code of the last error,
    `attempts` how often it was tried, `times` how often it came here. `payload` holds references, no personal data.
    `redrivable` is false for a read: nobody waits for it any more, and it is forgotten after a day."""

    id: UUID
    integration: str
    operation: str
    kind: LetterKind
    state: LetterState
    problem: str
    provider_status: int | None
    attempts: int
    times: int
    ref_id: UUID | None
    conversation_id: UUID | None
    idempotency_key: str | None
    payload: dict[str, Any]
    redrivable: bool
    requested_by: str | None
    due_at: datetime | None
    first_at: datetime
    last_at: datetime
    settled_at: datetime | None


@frozen
class DeadLettersSeen:
    """A page of dead letters, the newest first."""

    data: tuple[DeadLetterSeen, ...]
    next_cursor: str | None


@frozen
class RedriveSeen:
    """How many letters of each integration will be done again. An integration that is at it already is left out."""

    queued: dict[str, int]


def seen(letter: DeadLetter) -> DeadLetterSeen:
    """A letter as the outside sees it."""
    return DeadLetterSeen(**{field.name: getattr(letter, field.name) for field in attrs.fields(DeadLetterSeen)})


@frozen
class DeadLetterDoors:
    """The doors of dead letters."""

    letters: DeadLetters
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """The newest first."""
        asked = query(request, DeadLettersAsked)
        which = Which(asked.integration, asked.operation, asked.kind, asked.state)
        listing = f"dead letters:{which}"
        after = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        place = (from_rfc3339(after[0]), UUID(after[1])) if after else None
        found = await self.letters.page(which, place, asked.limit + 1)
        return answers.json(
            self.cursors.page(listing, found, asked.limit, after=lambda one: (one.last_at, one.id), show=seen)
        )

    async def get(self, request: web.Request) -> web.Response:
        """One letter. Raises NotFound."""
        letter = await self.letters.find(path_id(request))
        if letter is None:
            raise NotFound
        return answers.json(seen(letter))

    async def redrive(self, request: web.Request) -> web.Response:
        """Has a letter done again. Raises NotFound, InvalidTransition, AuditUnavailable."""
        return answers.json(seen(await self.letters.redrive(path_id(request), principal(request).key)), 202)

    async def redrive_all(self, request: web.Request) -> web.Response:
        """Has all that fit done again. Raises AuditUnavailable."""
        given = await read(request, RedriveAsked)
        which = Which(given.integration, given.operation, given.kind)
        queued = await self.letters.redrive_all(which, principal(request).key, given.rate)
        return answers.json(RedriveSeen(queued), 202)

    async def discard(self, request: web.Request) -> web.Response:
        """Ends a letter. Raises NotFound, InvalidTransition, AuditUnavailable."""
        return answers.json(seen(await self.letters.discard(path_id(request), principal(request).key)))

    def routes(self) -> list[Route]:
        """Everything under `dead-letters`."""
        route = Section("dead letters", "/api/v1/dead-letters").route
        look, manage = Permission.DEAD_LETTERS_READ, Permission.DEAD_LETTERS_MANAGE
        one, acts = DeadLetterSeen, {"idempotent": True, "atomic": True}
        moved = (NotFound, InvalidTransition, AuditUnavailable)
        return [
            route("GET", "", self.index, "Dead letters", look, query=DeadLettersAsked, returns=DeadLettersSeen),
            route(
                "POST",
                "/redrive",
                self.redrive_all,
                "Do dead letters again",
                manage,
                body=RedriveAsked,
                returns=RedriveSeen,
                status=202,
                errors=(AuditUnavailable,),
                **acts,
            ),
            route("GET", "/{id}", self.get, "One dead letter", look, returns=one, errors=(NotFound,)),
            route(
                "POST",
                "/{id}/redrive",
                self.redrive,
                "Do it again",
                manage,
                returns=one,
                status=202,
                errors=moved,
                **acts,
            ),
            route("POST", "/{id}/discard", self.discard, "Discard it", manage, returns=one, errors=moved, **acts),
        ]
