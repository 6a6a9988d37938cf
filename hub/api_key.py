"""Keys for programs: what a key opens, how its secret is written, and where keys are kept.

A secret reads `hub_<scope>_<id>_<random>`: scanners of repositories find it by its beginning, and the hub finds its row
by the id in it. Only the hash of the whole is stored.
"""

import hashlib
import re
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.rights import RIGHTS, Permission, Role

MOST_NAME = 120
"""Characters of a key's name."""

NOISE = 24
"""Random bytes of a secret: 192 bits, so that a plain hash of it can be stored and compared in no time."""


class Scope(StrEnum):
    """Which doors a key opens: the Chat App's, those of the AI agent, or the API that people's scripts use."""

    CHAT_APP = "chat_app"
    AI = "ai"
    API = "api"


_FORM = re.compile(rf"hub_({'|'.join(Scope)})_([0-9a-f]{{32}})_[0-9a-f]{{{2 * NOISE}}}")


@frozen
class Presented:
    """What a secret says of itself, before anything is proved."""

    scope: Scope
    id: UUID


def presented(token: str) -> Presented | None:
    """What a bearer token says when it has the form of a key's secret; else None."""
    match = _FORM.fullmatch(token)
    return None if match is None else Presented(Scope(match[1]), UUID(match[2]))


def secret(scope: Scope, id: UUID, noise: bytes) -> str:
    """The secret of a key, from `NOISE` random bytes."""
    return f"hub_{scope}_{id.hex}_{noise.hex()}"


def digest(token: str) -> bytes:
    """What is stored of a secret (SHA-256)."""
    return hashlib.sha256(token.encode()).digest()


@frozen(kw_only=True)
class ApiKey:
    """A key as people are shown it. `permissions` narrow what an `api` key may do; None leaves it all a service may."""

    id: UUID
    name: str
    scope: Scope
    permissions: frozenset[Permission] | None
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def rights(self) -> frozenset[Permission]:
        """What it may do under `/api/v1`. The doors of the other scopes ask for the scope alone."""
        if self.scope is not Scope.API:
            return frozenset()
        service = RIGHTS[Role.SERVICE]
        return service if self.permissions is None else service & self.permissions


@frozen
class NewApiKey:
    """A key to be made; without `expires_at` it is good until it is revoked."""

    name: str
    scope: Scope
    expires_at: datetime | None = None
    permissions: frozenset[Permission] | None = None
    created_by: UUID | None = None


@frozen
class Proof:
    """What a presented secret is compared with: the key, and the hash that is stored."""

    key: ApiKey
    secret_hash: bytes


class ApiKeys(Protocol):
    """Where keys are kept. Every method raises Unavailable when the database is away."""

    async def create(self, new: NewApiKey) -> tuple[ApiKey, str]:
        """A new key and its secret, which nobody can find out afterwards."""

    async def live(self, id: UUID) -> Proof | None:
        """A key that is neither revoked nor expired, for the check of a request."""

    async def find(self, id: UUID) -> ApiKey | None:
        """A key that is not revoked, if there is one."""

    async def page(self, after: UUID | None, limit: int, *, revoked: bool) -> list[ApiKey]:
        """Keys, the newest first, beginning after an id; revoked ones too if asked for."""

    async def revoke(self, id: UUID) -> bool:
        """Ends a key; false when there is none that is not ended already."""

    async def used(self, id: UUID) -> None:
        """Notes that the key was used just now."""
