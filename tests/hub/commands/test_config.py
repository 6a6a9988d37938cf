"""`hub config` as a user runs it."""

import json
import tomllib
from pathlib import Path

from hub.config.reference import default_toml, markdown
from tests.hub.commands.conftest import Run


def test_a_good_configuration(hub: Run) -> None:
    done = hub("config", "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "The configuration is good.\n")


def test_a_wrong_one_is_one_line_and_exit_code_2(hub: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("\n[auth]\nsecrt = 'x'\n")
    done = hub("config", "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'config.toml:3: [auth] unknown key "secrt". Did you mean "secret"?\n'


def test_production_refuses_what_is_generated(hub: Run) -> None:
    done = hub("config", "check", HUB_ENV="production")
    assert done.returncode == 2
    assert done.stderr == "[auth] secret needs the environment variable HUB_AUTH_SECRET, which is not set.\n"


def test_showing_masks_and_writes_nothing(hub: Run, tmp_path: Path) -> None:
    done = hub("config", "show", "--origin", HUB_DATABASE__URL="postgresql://hub:hunter2@db/hub")
    assert done.returncode == 0
    assert "hunter2" not in done.stdout + done.stderr
    assert "# HUB_DATABASE__URL" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_showing_for_machines(hub: Run) -> None:
    rows = {row["key"]: row["value"] for row in json.loads(hub("config", "show", "--json").stdout)}
    assert rows["server.port"] == 8080
    assert rows["auth.secret"] == "***"


def test_the_default_file_and_the_page(hub: Run) -> None:
    default = hub("config", "default").stdout
    assert default == default_toml()
    assert tomllib.loads(default)["server"]["port"] == 8080
    assert hub("config", "doc").stdout == markdown().rstrip("\n") + "\n"
