"""Names of variables lead to settings and back."""

import pytest

from hub.config.config import Config
from hub.config.overrides import Given, from_environment, from_options, put, variable
from hub.config.reference import variables

TREE = {"channels": {"whatsapp-main": {"type": "whatsapp"}}}


def unreadable(path: str) -> str:
    raise PermissionError(13, "Permission denied", path)


def test_every_setting_has_a_variable_that_finds_it() -> None:
    environ = dict.fromkeys(variables(), "1")
    found, problems = from_environment(Config, {}, environ, unreadable)
    assert problems == []
    assert {variable(path) for path in found} == set(environ)
    assert len(environ) > 100


def test_hyphens_are_underscores() -> None:
    found, _ = from_environment(Config, TREE, {"HUB_CHANNELS__WHATSAPP_MAIN__APP_SECRET": "x"}, unreadable)
    assert found == {
        ("channels", "whatsapp-main", "app_secret"): Given("x", "HUB_CHANNELS__WHATSAPP_MAIN__APP_SECRET")
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["HUB_CHANNELS__NEW__COLOUR", "HUB_", "HUB___", "HUB_SERVER", "HUB_FILE", "HUB_X_FILE"]
)
def test_names_that_lead_nowhere(name: str) -> None:
    found, problems = from_environment(Config, TREE, {name: "x"}, unreadable)
    assert not found
    assert problems[0].startswith(f"{name} is set but no such setting exists.")


def test_a_file_that_cannot_be_read() -> None:
    _, problems = from_environment(Config, {}, {"HUB_SERVER__PORT_FILE": "/x"}, unreadable)
    assert problems == ["HUB_SERVER__PORT_FILE: cannot read /x (Permission denied)."]


def test_others_variables_are_left_alone() -> None:
    assert from_environment(Config, {}, {"PATH": "/bin", "HUBBLE": "1"}, unreadable) == ({}, [])


def test_options_are_dotted() -> None:
    found, problems = from_options(Config, TREE, {"channels.whatsapp-main.waba_id": "1", "nope": "2"})
    assert list(found) == [("channels", "whatsapp-main", "waba_id")]
    assert problems == ["-o nope: no such setting exists."]


def test_an_override_does_not_hide_a_wrong_file() -> None:
    tree: dict[str, object] = {"server": 5}
    put(tree, ("server", "port"), Given("1", "x"))
    assert tree == {"server": 5}
