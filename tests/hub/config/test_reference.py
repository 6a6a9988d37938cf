"""What is shown and documented is made from the classes and agrees with them."""

import tomllib
from pathlib import Path

from hub.config import load
from hub.config.reference import as_tree, default_toml, in_use, markdown

ROOT = Path(__file__).parents[3]
KEY = "Zx8-qLw2_Tn5vRk9.Pd3mYb7cHg1sJf4uA6"
SOURCE = b"""\
[database]
url = "postgresql://hub:hunter2@db/hub"
[server]
port = 1
[channels.app]
type = "chat_app"
[[routing.rules]]
team = "A"
"""


def test_the_page_in_docs_is_current() -> None:
    assert (ROOT / "docs/configuration.md").read_text() == markdown(), "run: hub config doc > docs/configuration.md"


def test_the_page_names_every_key_of_every_section() -> None:
    page = markdown()
    for name in ("whatsapp-main", "app", "server", "outbox", "routing.rules", "integrations.ticketing.paths"):
        assert f"{name}]" in page
    for key in ("app_secret", "jwt_secret", "idle_in_transaction", "`from`"):
        assert key in page


def test_the_default_file_with_its_examples_uncommented_is_read() -> None:
    lines = []
    for line in default_toml().splitlines():
        rest = line.removeprefix("# ")
        lines.append(rest if rest != line and (rest.startswith("[") or " = " in rest) and '"  ' not in rest else line)
    source = "\n".join(line for line in lines if line.startswith("#") or _is_toml(line))
    environ = {word.strip('"[],').removeprefix("env:"): KEY for word in source.split() if word.startswith('"env:')}
    config = load(source.encode(), environ=environ).config
    assert set(config.channels) == {"whatsapp-main", "app"}
    assert config.integrations.transaction_create is not None
    assert [rule.team for rule in config.routing.rules] == ["Support"]


def _is_toml(line: str) -> bool:
    try:
        tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return False
    return True


def test_values_in_use_read_back_and_show_no_secret() -> None:
    loaded = load(SOURCE, make_up=lambda path: KEY)
    text = in_use(loaded)
    assert tomllib.loads(text)["server"]["port"] == 1
    assert tomllib.loads(text)["routing"]["rules"] == [{"channel": "", "contains": [], "team": "A"}]
    assert "postgresql://hub:***@db/hub" in text
    assert "hunter2" not in text
    assert KEY not in text


def test_origins_are_told_when_asked() -> None:
    loaded = load(SOURCE, environ={"HUB_MEDIA__DIR": "m"}, make_up=lambda path: KEY)
    lines = [line.split() for line in in_use(loaded, origins=True).splitlines()]
    assert ["port", "=", "1", "#", "config.toml:4"] in lines
    assert ["dir", "=", '"m"', "#", "HUB_MEDIA__DIR"] in lines
    rows = {row["key"]: row for row in as_tree(loaded, origins=True)}
    assert rows["auth.secret"] == {"key": "auth.secret", "value": "***", "origin": "generated"}
    assert "origin" not in as_tree(loaded)[0]
