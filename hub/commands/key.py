"""`hub key`: keys for programs, without the API."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import click

from hub.api_key import MOST_NAME, ApiKey, ApiKeys, NewApiKey, Scope
from hub.clock import rfc3339
from hub.commands.exits import NOT_FOUND, USAGE, CommandFailed
from hub.commands.files import Place, located
from hub.commands.output import json_option, json_result, result, table, talk
from hub.config.kinds import Duration
from hub.rights import RIGHTS, Permission, Role

T = TypeVar("T")

_PAGE = 200
_LONGEST = Duration("1s", "3650d")


@click.group()
def key() -> None:
    """Make, list and revoke the keys of programs.

    Example: hub key create --scope api --name "Ticket import" --expires 90d
    """


@key.command()
@click.option("--scope", type=click.Choice([scope.value for scope in Scope]), required=True, help="What it opens.")
@click.option("--name", required=True, help="Which program it is for.")
@click.option("--expires", help="How long it is good, such as 90d; without it until it is revoked.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    type=click.Choice(sorted(permission.value for permission in RIGHTS[Role.SERVICE])),
    metavar="NOUN:VERB",
    help="Narrow a key of the scope api to this; may be given several times.",
)
@json_option
@located
def create(
    place: Place, scope: str, name: str, expires: str | None, permissions: tuple[str, ...], as_json: bool
) -> None:
    """Make a key and print its secret, which is shown this once.

    Example: hub key create --scope api --name "Ticket import" --permission conversations:read
    """
    new = _new(Scope(scope), name.strip(), expires, permissions)

    async def work(keys: ApiKeys) -> tuple[ApiKey, str]:
        return await keys.create(new)

    made, secret = _run(place, work)
    if as_json:
        json_result({**_shown(made), "secret": secret})
    else:
        talk("Keep it safe: it is shown this once, and only its hash is stored.")
        result(secret)


def _new(scope: Scope, name: str, expires: str | None, permissions: tuple[str, ...]) -> NewApiKey:
    if not 1 <= len(name) <= MOST_NAME:
        raise CommandFailed(f"A name has 1 to {MOST_NAME} characters.", USAGE)
    if permissions and scope is not Scope.API:
        raise CommandFailed("Only keys of the scope api are narrowed by --permission.", USAGE)
    narrowed = frozenset(Permission(text) for text in permissions) if permissions else None
    return NewApiKey(name, scope, _moment(expires) if expires is not None else None, narrowed)


def _moment(expires: str) -> datetime:
    try:
        return datetime.now(UTC) + timedelta(seconds=_LONGEST.read(expires))
    except ValueError as error:
        raise CommandFailed(f"--expires must be {error}.", USAGE) from None


@key.command("list")
@click.option("--all", "revoked", is_flag=True, help="Also those that were revoked.")
@json_option
@located
def list_(place: Place, revoked: bool, as_json: bool) -> None:
    """List the keys, the newest first.

    Example: hub key list --json
    """

    async def work(keys: ApiKeys) -> list[ApiKey]:
        found: list[ApiKey] = []
        while True:
            page = await keys.page(found[-1].id if found else None, _PAGE, revoked=revoked)
            found += page
            if len(page) < _PAGE:
                return found

    keys = _run(place, work)
    if as_json:
        json_result([_shown(one) for one in keys])
    else:
        rows = [(str(one.id), one.scope.value, one.name, _day(one.last_used_at), _end(one)) for one in keys]
        result(table(rows, ("ID", "SCOPE", "NAME", "LAST USED", "")))


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "never"


def _end(one: ApiKey) -> str:
    if one.revoked_at is not None:
        return f"revoked {_day(one.revoked_at)}"
    return f"until {_day(one.expires_at)}" if one.expires_at else ""


def _shown(one: ApiKey) -> dict[str, object]:
    moments = {
        name: rfc3339(moment) if (moment := getattr(one, name)) else None
        for name in ("created_at", "expires_at", "last_used_at", "revoked_at")
    }
    permissions = None if one.permissions is None else sorted(one.permissions)
    shown = {"id": str(one.id), "name": one.name, "scope": one.scope.value, "permissions": permissions}
    return {**shown, **moments}


@key.command()
@click.argument("id")
@located
def revoke(place: Place, id: str) -> None:
    """End a key: on running hubs within a second.

    Example: hub key revoke 0190b5a4-7d3e-7c11-9a52-3f6f1f0f8e21
    """
    try:
        wanted = UUID(id)
    except ValueError:
        raise CommandFailed(f"{id!r} is not the id of a key. See: hub key list", USAGE) from None

    async def work(keys: ApiKeys) -> bool:
        return await keys.revoke(wanted)

    if not _run(place, work):
        raise CommandFailed(f"There is no key {wanted}, or it was revoked before.", NOT_FOUND)
    talk(f"The key {wanted} is revoked.")


def _run(place: Place, work: Callable[[ApiKeys], Awaitable[T]]) -> T:
    from hub.commands.database import on_database
    from storage.api_key import ApiKeyStore

    return on_database(place, lambda database: work(ApiKeyStore(database)))
