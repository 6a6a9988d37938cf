"""The people who answer customers, as the hub knows them: agents, supervisors, administrators."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.rights import Role
from hub.team import TeamName

MOST_EMAIL = 254
"""Characters of an e-mail address (RFC 5321: a path of 256 octets with its angle brackets)."""

EMAIL = r"[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+\.[^\s@\x00-\x1f\x7f]+"
"""The form of an address: something, @, something with a dot. Whether mail arrives only mail can tell."""


def same_email(text: str) -> str:
    """The address in the form in which two spellings of it are equal."""
    return text.strip().lower()


@frozen
class User:
    """A person with an account. `token_version` is part of every access token: raising it refuses the earlier ones."""

    id: UUID
    email: str
    name: str
    role: Role
    capacity: int
    disabled: bool
    teams: tuple[TeamName, ...]
    token_version: int
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def team_ids(self) -> frozenset[UUID]:
        """The ids of the teams."""
        return frozenset(team.id for team in self.teams)


@frozen
class Credentials:
    """What signing in compares with. The hash is argon2's encoded form."""

    user: User
    password_hash: str


@frozen
class Account:
    """What the check of a request needs: the person as he is now, and his sign-ins that have not ended."""

    user: User
    session_ids: frozenset[UUID]


@frozen
class UserChange:
    """What to change of a user; None leaves it."""

    email: str | None = None
    name: str | None = None
    role: Role | None = None
    capacity: int | None = None
    disabled: bool | None = None

    @property
    def touches_rights(self) -> bool:
        """Whether somebody may have fewer rights afterwards: access tokens issued so far end when it is so."""
        return self.role is not None or self.disabled is not None


@frozen
class NewUser:
    """A user to be made."""

    email: str
    name: str
    role: Role
    password_hash: str
    capacity: int = 8


class Users(Protocol):
    """Where users are kept. Every method raises Unavailable when the database is away."""

    async def find(self, user_id: UUID) -> User | None:
        """The user, if there is one."""

    async def accounts(self, user_ids: Collection[UUID]) -> Mapping[UUID, Account]:
        """The users of these ids with their live sign-ins, for the check of requests; who does not exist is missing."""

    async def credentials(self, email: str) -> Credentials | None:
        """What to compare a password with, by `same_email`."""

    async def credentials_of(self, user_id: UUID) -> Credentials | None:
        """The same by id."""

    async def page(
        self, team_ids: frozenset[UUID] | None, self_id: UUID | None, after: tuple[str, UUID] | None, limit: int
    ) -> list[User]:
        """Users by name, beginning after a (name, id): all, or members of the teams and the one of `self_id`."""

    async def create(self, new: NewUser) -> User:
        """A new user. Raises AlreadyExists when the e-mail is taken."""

    async def change(self, user_id: UUID, version: int | None, change: UserChange) -> User:
        """Changes a user. Raises NotFound, StaleVersion (unless `version` is None), AlreadyExists, and Invalid when
        nobody would be left who is an administrator. Disabling ends every sign-in."""

    async def set_password(self, user_id: UUID, password_hash: str, keep_session: UUID | None) -> None:
        """Stores a new hash, refuses earlier access tokens and ends all sign-ins but one. Raises NotFound."""

    async def rehash(self, user_id: UUID, old_hash: str, new_hash: str) -> None:
        """Stores the same password in a newer form, unless it was changed meanwhile."""
