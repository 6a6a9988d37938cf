"""`hub user` on a real database: the first administrator, repair, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PASSWORD = "correct horse battery"


class Hub:
    """The command line on one database."""

    def __init__(self, directory: Path, url: str) -> None:
        self._directory, self._url = directory, url

    def __call__(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hub", "-o", f"database.url={self._url}", "user", *arguments]
        return subprocess.run(
            command, cwd=self._directory, input=typed, capture_output=True, text=True, timeout=60, check=False
        )

    def add(
        self, email: str, *more: str, typed: str = PASSWORD + "\n", role: str = "agent"
    ) -> subprocess.CompletedProcess[str]:
        return self("add", email, "--role", role, "--name", "Ana Souza", "--password-stdin", *more, typed=typed)


@pytest.fixture
def hub_user(tmp_path: Path, database_url: str) -> Hub:
    return Hub(tmp_path, database_url)


def test_a_user_is_added_listed_and_disabled(hub_user: Hub) -> None:
    root = hub_user.add("Root@Example.com", role="admin")
    made = hub_user.add("ana@example.com", "--team", "Support", "--team", "Sales")
    assert (root.returncode, made.returncode) == (0, 0), root.stderr + made.stderr
    listed = json.loads(hub_user("list", "--json").stdout)
    assert {user["id"] for user in listed} == {root.stdout.strip(), made.stdout.strip()}
    ana = next(user for user in listed if user["email"] == "ana@example.com")
    assert (ana["teams"], ana["disabled"]) == (["Sales", "Support"], False)
    assert hub_user("disable", "ANA@example.com").returncode == 0
    assert "disabled" in hub_user("list").stdout
    last = hub_user("disable", "root@example.com")
    assert last.returncode == 1
    assert "administrator" in last.stderr


def test_what_is_refused(hub_user: Hub) -> None:
    assert hub_user.add("ana@example.com").returncode == 0
    assert hub_user.add("ANA@example.com").returncode == 4
    for refused in (
        hub_user.add("no address"),
        hub_user.add("ben@example.com", typed=""),
        hub_user.add("ben@example.com", typed="short\n"),
        hub_user.add("ben@example.com", role="boss"),
        hub_user("add", "ben@example.com", "--role", "agent", "--name", "Ben", typed=PASSWORD),
        hub_user("passwd", "ana@example.com", "--password-stdin", typed="password123\n"),
    ):
        assert refused.returncode == 2
        assert refused.stderr
        assert "Traceback" not in refused.stderr
    assert hub_user("disable", "nobody@example.com").returncode == 3
    assert hub_user("passwd", "nobody@example.com", "--password-stdin", typed=PASSWORD).returncode == 3


def test_a_password_is_set(hub_user: Hub) -> None:
    hub_user.add("ana@example.com")
    done = hub_user("passwd", "ana@example.com", "--password-stdin", typed="another good one\n")
    assert done.returncode == 0, done.stderr
    assert "another" not in done.stdout + done.stderr
