"""Agents who are signed in: rows in the hub's database, and access tokens signed with the hub's secret."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from attrs import frozen

from hub.bench.postgres import Postgres
from hub.ids import uuid7
from hub.rights import Role
from web import keys
from web.tokens import AccessTokens

LIFE = 86_400.0
"""Seconds for which the tokens are good: longer than any measurement."""

TEAM = "Bench"


@frozen
class Agents:
    """Agents of one team each; `tokens` are theirs, in the order of `users`."""

    teams: Sequence[UUID]
    users: Sequence[UUID]
    tokens: Sequence[str]


async def sign_in(postgres: Postgres, url: str, secret: str, count: int, teams: int = 1) -> Agents:
    """Makes so many agents, spread evenly over teams (the first is called `TEAM`), and signs them in."""
    team_ids = [uuid7() for _ in range(teams)]
    names = [TEAM, *(f"{TEAM} {number}" for number in range(2, teams + 1))]
    await postgres.copy(url, "teams", ("id", "name"), zip(team_ids, names, strict=True))
    users = [uuid7() for _ in range(count)]
    rows = [
        (user, f"agent{number}@bench.test", f"Agent {number}", Role.AGENT.value, "none")
        for number, user in enumerate(users)
    ]
    await postgres.copy(url, "users", ("id", "email", "name", "role", "password_hash"), rows)
    members = [(team_ids[number % teams], user) for number, user in enumerate(users)]
    await postgres.copy(url, "team_members", ("team_id", "user_id"), members)
    return Agents(team_ids, users, await _tokens(postgres, url, secret, users))


async def _tokens(postgres: Postgres, url: str, secret: str, users: Sequence[UUID]) -> list[str]:
    sign_ins = [uuid7() for _ in users]
    until = datetime.now(UTC) + timedelta(seconds=LIFE)
    rows = [(sign_in, user, sign_in.bytes, until) for sign_in, user in zip(sign_ins, users, strict=True)]
    await postgres.copy(url, "auth_sessions", ("id", "user_id", "token_hash", "expires_at"), rows)
    access = AccessTokens(keys.ring([secret], "access token"), LIFE)
    return [access.issue(user, sign_in, 0) for user, sign_in in zip(users, sign_ins, strict=True)]
