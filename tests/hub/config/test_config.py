"""The whole knows whether the strict rules hold."""

import attrs
import pytest

from hub.config import Config


def test_production_is_asked_for() -> None:
    assert not Config().production
    assert Config(env="production").production


def test_it_is_frozen() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Config().env = "production"  # type: ignore[misc]
