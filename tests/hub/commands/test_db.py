"""`hub db`: the embedded PostgreSQL of a data directory, seen and stopped."""

import json
from pathlib import Path

from tests.hub.commands.conftest import Call


def test_from_nothing_over_running_to_stopped(call: Call, short_path: Path) -> None:
    at = ("--data", str(short_path))
    nothing = call("db", "status", *at)
    assert (nothing.code, nothing.out) == (3, f"No PostgreSQL runs for {short_path}/pg\n")
    assert json.loads(call("db", "status", "--json", *at).out)["running"] is False
    assert call("db", "stop", *at)[:2] == (0, "It was not running.\n")
    assert list(short_path.iterdir()) == []

    started = call("migrate", *at)  # any command that needs the database brings it up
    assert started.code == 0, started.err
    running = json.loads(call("db", "status", "--json", *at).out)
    assert (running["running"], running["directory"]) == (True, f"{short_path}/pg")
    told = call("db", "status", *at)
    assert (told.code, told.out) == (
        0,
        f"PostgreSQL {running['version']} runs as process {running['pid']} in {short_path}/pg\n",
    )
    assert call("migrate", "--status", *at).code == 0
    assert json.loads(call("db", "status", "--json", *at).out)["pid"] == running["pid"]

    assert call("db", "stop", *at)[:2] == (0, "Stopped.\n")
    assert call("db", "status", *at).code == 3


def test_a_path_too_long_for_a_socket(call: Call, tmp_path: Path) -> None:
    long = str(tmp_path / ("x" * 90))
    for asked in ("status", "stop"):
        refused = call("db", asked, "--data", long)
        assert refused.code == 1
        assert "too long" in refused.err
