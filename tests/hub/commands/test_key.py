"""`hub key` on a real database: made, shown once, listed, revoked."""

import json
import re
from typing import Any

from hub.api_key import Scope, presented
from tests.hub.commands.conftest import Call, Ended


def run(call: Call, url: str, *arguments: str) -> Ended:
    return call("-o", f"database.url={url}", "key", *arguments)


def made(call: Call, url: str, *more: str) -> str:
    ended = run(call, url, "create", "--name", "Import", *more)
    assert ended.code == 0, ended.err
    return ended.out.splitlines()[-1]


def listed(call: Call, url: str, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(call, url, "list", "--json", *more).out)
    return found


def test_a_key_is_made_listed_and_revoked(call: Call, database_url: str) -> None:
    said = presented(made(call, database_url, "--scope", "chat_app"))
    assert said is not None
    assert said.scope is Scope.CHAT_APP
    (seen,) = listed(call, database_url)
    assert (seen["id"], seen["name"], seen["expires_at"]) == (str(said.id), "Import", None)
    assert "Import" in run(call, database_url, "list").out
    assert run(call, database_url, "revoke", str(said.id)).code == 0
    assert listed(call, database_url) == []
    (seen,) = listed(call, database_url, "--all")
    assert seen["revoked_at"] is not None
    assert run(call, database_url, "revoke", str(said.id)).code == 3


def test_a_key_expires_and_is_narrowed_as_told(call: Call, database_url: str) -> None:
    narrow = ("--permission", "search:use", "--permission", "media:read")
    ended = run(
        call, database_url, "create", "--scope", "api", "--name", " Import ", "--expires", "90d", *narrow, "--json"
    )
    assert ended.code == 0, ended.err
    shown = json.loads(ended.out)
    assert shown["name"] == "Import"
    assert shown["permissions"] == ["media:read", "search:use"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT.*Z", shown["expires_at"])
    assert presented(shown["secret"]) is not None
    assert "until 20" in run(call, database_url, "list").out


def test_the_secret_is_nowhere_but_on_the_last_line(call: Call, database_url: str) -> None:
    ended = run(call, database_url, "create", "--scope", "ai", "--name", "Agent")
    assert ended.out.count("\n") == 1
    assert "hub_" not in ended.err
    secret = ended.out.strip().rpartition("_")[2]
    assert secret not in run(call, database_url, "list", "--json").out


def test_what_is_refused(call: Call, database_url: str) -> None:
    for arguments in (
        ("create", "--scope", "root", "--name", "x"),
        ("create", "--scope", "api", "--name", " "),
        ("create", "--scope", "api", "--name", "x", "--expires", "soon"),
        ("create", "--scope", "ai", "--name", "x", "--permission", "search:use"),
        ("create", "--scope", "api", "--name", "x", "--permission", "users:manage"),
        ("revoke", "x"),
    ):
        assert run(call, database_url, *arguments).code == 2, arguments
    assert listed(call, database_url) == []
