"""Who is asking, as the bearer check found out."""

from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import Forbidden, Unauthenticated
from hub.rights import RIGHTS, Permission, Reader, Role


@frozen
class Principal:
    """A signed-in person, or a key acting for a program (`kind` "key"), with all that decides what it may do.

    `rights` follow from the role unless they were narrowed; `token_version` and `session_id` are those of the access
    token, so that open sockets can be ended when they no longer hold.
    """

    user_id: UUID
    name: str
    role: Role
    team_ids: frozenset[UUID] = frozenset()
    kind: str = "user"
    token_version: int = 0
    session_id: UUID | None = None
    email: str = ""
    rights: frozenset[Permission] | None = None

    @property
    def key(self) -> str:
        """The name under which limits and idempotency keys are kept apart: `user:<id>`."""
        return f"{self.kind}:{self.user_id}"

    @property
    def reader(self) -> Reader:
        """The same as a question about conversations asks for it."""
        return Reader(self.user_id, self.role, self.team_ids)

    def may(self, permission: Permission) -> bool:
        """Whether this is allowed."""
        return permission in (RIGHTS[self.role] if self.rights is None else self.rights)

    def require(self, permission: Permission) -> None:
        """Raises Forbidden unless this is allowed."""
        if not self.may(permission):
            raise Forbidden

    def sees(self, *, team_id: UUID | None, assignee_id: UUID | None) -> bool:
        """Whether a conversation of this team and assignee may be shown."""
        return self.reader.sees(team_id=team_id, assignee_id=assignee_id)


PRINCIPAL = web.RequestKey("principal", Principal)


def principal(request: web.Request) -> Principal:
    """Who is asking. Raises Unauthenticated on a route that lets anybody in and nobody signed in."""
    who: Principal | None = request.get(PRINCIPAL)
    if who is None:
        raise Unauthenticated
    return who
