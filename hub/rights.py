"""Who may do what: a table from role to permissions, and the one rule of which conversations a person sees.

Doors ask `may` before a handler runs; single reads and the live stream ask `sees`. Lists and search put the same rule
into SQL with a `Reader` as parameters: `($1::boolean or c.team_id = any($2::uuid[]) or c.assignee_id = $3)` for `all`,
`team_ids` and `user_id`. So nobody is told of a conversation that a read would refuse him.
"""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from attrs import frozen


class Role(StrEnum):
    """What somebody is in the hub. Each person's role may do all that the ones below it may; a service is a program."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    SERVICE = "service"


PEOPLE = (Role.ADMIN, Role.SUPERVISOR, Role.AGENT)
"""The roles that a user can have. A service comes with an API key and has no account."""


class Permission(StrEnum):
    """What can be allowed: a noun and a verb. `manage` is making, changing and removing."""

    ACCOUNT_USE = "account:use"
    INBOX_USE = "inbox:use"
    USERS_READ = "users:read"
    USERS_MANAGE = "users:manage"
    TEAMS_READ = "teams:read"
    TEAMS_MANAGE = "teams:manage"
    API_KEYS_MANAGE = "api_keys:manage"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"
    MESSAGES_READ = "messages:read"
    MESSAGES_SEND = "messages:send"
    NOTES_READ = "notes:read"
    NOTES_WRITE = "notes:write"
    NOTES_MANAGE = "notes:manage"
    TAGS_READ = "tags:read"
    TAGS_MANAGE = "tags:manage"
    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"
    SEARCH_USE = "search:use"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    CUSTOMERS_MERGE = "customers:merge"
    CUSTOMERS_ERASE = "customers:erase"
    SAVED_REPLIES_READ = "saved_replies:read"
    SAVED_REPLIES_WRITE = "saved_replies:write"
    SAVED_REPLIES_MANAGE = "saved_replies:manage"
    VIEWS_READ = "views:read"
    VIEWS_WRITE = "views:write"
    VIEWS_MANAGE = "views:manage"
    TEMPLATES_READ = "templates:read"
    ROOMS_USE = "rooms:use"
    NOTIFICATIONS_USE = "notifications:use"
    REALTIME_CONNECT = "realtime:connect"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    TRANSACTIONS_READ = "transactions:read"
    APPROVALS_READ = "approvals:read"
    APPROVALS_DECIDE = "approvals:decide"
    QUEUES_READ = "queues:read"
    REPORTS_READ = "reports:read"
    EXPORTS_READ = "exports:read"
    EXPORTS_MAKE = "exports:make"
    INTEGRATIONS_READ = "integrations:read"
    INTEGRATIONS_TEST = "integrations:test"
    ALERTS_READ = "alerts:read"
    DEAD_LETTERS_READ = "dead_letters:read"
    DEAD_LETTERS_MANAGE = "dead_letters:manage"
    ROUTING_MANAGE = "routing:manage"
    SLA_MANAGE = "sla:manage"
    BUSINESS_HOURS_MANAGE = "business_hours:manage"
    AUDIT_READ = "audit:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    AI_MANAGE = "ai:manage"


_ADMIN_ONLY = frozenset(
    {
        Permission.USERS_MANAGE,
        Permission.TEAMS_MANAGE,
        Permission.API_KEYS_MANAGE,
        Permission.CUSTOMERS_ERASE,
        Permission.DEAD_LETTERS_MANAGE,
        Permission.ROUTING_MANAGE,
        Permission.SLA_MANAGE,
        Permission.BUSINESS_HOURS_MANAGE,
        Permission.AUDIT_READ,
        Permission.WEBHOOKS_MANAGE,
        Permission.AI_MANAGE,
    }
)
_FROM_SUPERVISOR = frozenset(
    {
        Permission.TAGS_MANAGE,
        Permission.NOTES_MANAGE,
        Permission.CUSTOMERS_MERGE,
        Permission.SAVED_REPLIES_MANAGE,
        Permission.VIEWS_MANAGE,
        Permission.APPROVALS_READ,
        Permission.APPROVALS_DECIDE,
        Permission.QUEUES_READ,
        Permission.REPORTS_READ,
        Permission.EXPORTS_READ,
        Permission.EXPORTS_MAKE,
        Permission.INTEGRATIONS_READ,
        Permission.INTEGRATIONS_TEST,
        Permission.ALERTS_READ,
        Permission.DEAD_LETTERS_READ,
    }
)
_PEOPLE_ONLY = frozenset(
    {
        # What is a person's own: his account, what he took, read and drafted, his rooms, notifications and stream.
        Permission.ACCOUNT_USE,
        Permission.INBOX_USE,
        Permission.ROOMS_USE,
        Permission.NOTIFICATIONS_USE,
        Permission.REALTIME_CONNECT,
        # The point of an approval is that a human gave it.
        Permission.APPROVALS_DECIDE,
        # A stolen key must not be able to leave people or keys behind.
        Permission.USERS_MANAGE,
        Permission.API_KEYS_MANAGE,
    }
)

RIGHTS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.SUPERVISOR: frozenset(Permission) - _ADMIN_ONLY,
    Role.AGENT: frozenset(Permission) - _ADMIN_ONLY - _FROM_SUPERVISOR,
    Role.SERVICE: frozenset(Permission) - _PEOPLE_ONLY,
}


def may(role: Role, permission: Permission) -> bool:
    """Whether the role holds the permission."""
    return permission in RIGHTS[role]


def sees_all(role: Role) -> bool:
    """Whether every conversation is visible: to admins, and to programs, which are in no team."""
    return role is Role.ADMIN or role is Role.SERVICE


def sees(
    role: Role, user_id: UUID, team_ids: Collection[UUID], *, team_id: UUID | None, assignee_id: UUID | None
) -> bool:
    """Whether a person sees a conversation of this team and assignee: his teams' and his own; an admin all.

    A conversation that nobody has and no team holds yet is seen by those who see all: triage has still to place it.
    """
    return sees_all(role) or assignee_id == user_id or (team_id is not None and team_id in team_ids)


@frozen
class Reader:
    """Somebody in a question about conversations: the parameters of `sees` in SQL."""

    user_id: UUID
    role: Role
    team_ids: frozenset[UUID]

    @property
    def all(self) -> bool:
        """Whether every conversation is visible."""
        return sees_all(self.role)

    def sees(self, *, team_id: UUID | None, assignee_id: UUID | None) -> bool:
        """Whether a conversation of this team and assignee may be shown."""
        return sees(self.role, self.user_id, self.team_ids, team_id=team_id, assignee_id=assignee_id)
