"""Declarations carry what the rest is made from."""

import pytest
from attrs import frozen

from hub.config import kinds
from hub.config.config import Config
from hub.config.credentials import SecretText
from hub.config.desk import EmailNotice, Routing, Rule
from hub.config.secret import Secret
from hub.config.setting import Setting, attribute, groups_of, secrets_in, setting, settings_of, walk


def test_a_wrong_default_is_found_when_the_class_is_defined() -> None:
    with pytest.raises(ValueError, match="a number from 0 to 9"):
        setting(kinds.Number(0, 9), "", 10)


def test_a_setting_without_default_must_be_given() -> None:
    @frozen
    class Section:
        name: str = setting(kinds.Text(), "")

    with pytest.raises(TypeError):
        Section()


def test_keys_are_those_of_the_file() -> None:
    assert list(settings_of(EmailNotice)) == ["smtp_url", "from"]
    assert attribute("from", EmailNotice) == "from_"
    assert attribute("smtp_url", EmailNotice) == "smtp_url"


def test_groups_know_their_shape() -> None:
    shapes = {key: group.shape for key, group in groups_of(Config).items()}
    assert (shapes["server"], shapes["channels"]) == ("one", "named")
    assert groups_of(Routing)["rules"].shape == "listed"


def test_walking_reaches_lists_too() -> None:
    config = Config(routing=Routing(rules=(Rule(team="A"), Rule(team="B"))))
    found = {path: value for path, _, value in walk(config)}
    assert found["routing", "rules", "1", "team"] == "B"
    assert found["env",] == "development"


def test_secrets_are_found_in_values() -> None:
    secret = Secret("x")
    assert secrets_in(secret) == (secret,)
    assert secrets_in((secret, secret)) == (secret, secret)
    assert secrets_in(("x", 1)) == ()
    assert secrets_in("x") == ()
    assert Setting(SecretText(), "").secret
    assert not Setting(kinds.Text(), "").secret


def test_every_setting_says_what_it_is_for() -> None:
    for path, declared, _ in walk(Config()):
        assert declared.doc.endswith("."), path
