"""Drafts at points of their life at which much can happen."""

import pytest

from hub.money import Money
from tests.hub.transaction.life import Life, begin_life, pressed


@pytest.fixture
def life() -> Life:
    """A draft that the customer was asked about."""
    life = begin_life()
    life.made()
    life.asked()
    return life


@pytest.fixture
def confirmed(life: Life) -> Life:
    """A draft that the customer has agreed to."""
    life.hears(pressed(life.draft))
    return life


@pytest.fixture
def large() -> Life:
    """A draft above the limit that waits for a person."""
    life = begin_life(Money(100_001, "USD"))
    life.made()
    life.asked()
    life.hears(pressed(life.draft))
    life.commits()
    return life
