"""What every part of the world shares."""

import random

from attrs import define

from hub.demo.whatsapp.agenda import Agenda
from hub.demo.whatsapp.clock import Clock
from hub.demo.whatsapp.faults import Faults
from hub.demo.whatsapp.feed import Feed
from hub.demo.whatsapp.ids import Ids
from hub.demo.whatsapp.ledger import Ledger
from hub.demo.whatsapp.settings import Account, Habits, Timings


@define(eq=False)
class Surroundings:
    """Time, chance, records and settings of one world."""

    account: Account
    timings: Timings
    habits: Habits
    clock: Clock
    agenda: Agenda
    ids: Ids
    ledger: Ledger
    faults: Faults
    feed: Feed
    random: random.Random

    def draw(self, delays: tuple[float, float]) -> float:
        """A delay from a range."""
        return self.random.uniform(*delays)
