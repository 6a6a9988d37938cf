"""`hub user`: the people, without the API: the first administrator, and repair when nobody can get in."""

import re
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from attrs import frozen

from hub.commands.exits import NOT_FOUND, USAGE, CommandFailed
from hub.commands.files import Place, located
from hub.commands.output import json_option, json_result, result, table, talk
from hub.errors import Invalid
from hub.rights import PEOPLE, Role
from hub.team import TeamKind, Teams
from hub.user import EMAIL, MOST_EMAIL, NewUser, User, UserChange, Users, same_email

T = TypeVar("T")

_PAGE = 200
_password_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@frozen
class People:
    """Where the commands find people."""

    users: Users
    teams: Teams


@click.group()
def user() -> None:
    """Add, list and disable users, and set their passwords.

    Example: hub user add ana@example.com --role admin --name "Ana Souza" --password-stdin < password.txt
    """


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in PEOPLE]), required=True)
@click.option("--name", required=True, help="As colleagues and customers see it.")
@click.option("--team", "teams", multiple=True, help="A team to be in; made when there is none of this name.")
@_password_option
@located
def add(place: Place, email: str, role: str, name: str, teams: tuple[str, ...], password_stdin: bool) -> None:
    """Add a user and print the new id.

    Example: hub user add ana@example.com --role agent --name Ana --team Support --password-stdin < password.txt
    """
    address, name = same_email(email), name.strip()
    if not re.fullmatch(EMAIL, address) or len(address) > MOST_EMAIL:
        raise CommandFailed(f"{email!r} is not an e-mail address.", USAGE)
    if not 1 <= len(name) <= 120:
        raise CommandFailed("A name has 1 to 120 characters.", USAGE)
    password = _password(password_stdin, address, name)

    async def work(people: People) -> User:
        made = await people.users.create(NewUser(address, name, Role(role), await _hash(password)))
        for team in teams:
            await _join(people, made, team)
        return made

    result(str(_run(place, work).id))


@user.command("list")
@json_option
@located
def list_(place: Place, as_json: bool) -> None:
    """List the users.

    Example: hub user list --json
    """

    async def work(people: People) -> list[User]:
        found: list[User] = []
        while True:
            after = (found[-1].name, found[-1].id) if found else None
            page = await people.users.page(None, None, after, _PAGE)
            found += page
            if len(page) < _PAGE:
                return found

    users = _run(place, work)
    if as_json:
        json_result([_shown(one) for one in users])
    else:
        rows = [
            (one.email, one.name, one.role.value, ", ".join(_teams(one)), "disabled" if one.disabled else "")
            for one in users
        ]
        result(table(rows, ("EMAIL", "NAME", "ROLE", "TEAMS", "")))


def _teams(one: User) -> list[str]:
    return [team.name for team in one.teams]


def _shown(one: User) -> dict[str, object]:
    shown = {"id": str(one.id), "email": one.email, "name": one.name, "role": one.role.value}
    return {**shown, "teams": _teams(one), "disabled": one.disabled}


@user.command()
@click.argument("email")
@located
def disable(place: Place, email: str) -> None:
    """Sign a user out everywhere and let him in no more.

    Example: hub user disable ana@example.com
    """

    async def work(people: People) -> None:
        found = await _find(people, email)
        try:
            await people.users.change(found.id, None, UserChange(disabled=True))
        except Invalid as error:
            raise CommandFailed(f"Disabling {found.email} {error.errors[0]['message']}.") from None

    _run(place, work)
    talk(f"{same_email(email)} is disabled.")


@user.command()
@click.argument("email")
@_password_option
@located
def passwd(place: Place, email: str, password_stdin: bool) -> None:
    """Set a user's password and sign him out everywhere.

    Example: hub user passwd ana@example.com --password-stdin < password.txt
    """
    password = _password(password_stdin, same_email(email), "")

    async def work(people: People) -> None:
        found = await _find(people, email)
        await people.users.set_password(found.id, await _hash(password), None)

    _run(place, work)
    talk(f"The password of {same_email(email)} is set.")


def _password(from_stdin: bool, *about: str) -> str:
    from web.passwords import check_new

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        raise CommandFailed("Give the password on standard input, with --password-stdin.", USAGE)
    try:
        check_new(password, about=about)
    except Invalid as error:
        raise CommandFailed(f"The password {error.errors[0]['message']}.", USAGE) from None
    return password


async def _hash(password: str) -> str:
    from web.passwords import Passwords

    return await Passwords().hash(password)


async def _find(people: People, email: str) -> User:
    found = await people.users.credentials(same_email(email))
    if found is None:
        raise CommandFailed(f"There is no user {email}.", NOT_FOUND)
    return found.user


async def _join(people: People, member: User, name: str) -> None:
    team = await people.teams.named(name)
    if team is None:
        team = await people.teams.create(name, TeamKind.SUPPORT)
        talk(f"Made the team {name}.")
    await people.teams.add_member(team.id, member.id)


def _run(place: Place, work: Callable[[People], Awaitable[T]]) -> T:
    from hub.commands.database import on_database
    from storage.team import TeamStore
    from storage.user import UserStore

    return on_database(place, lambda database: work(People(UserStore(database), TeamStore(database))))
