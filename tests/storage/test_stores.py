"""The stores of a replica: one pool, and the limits that the configuration names."""

from pathlib import Path

from hub.config import load
from storage.stores import Stores

SOURCE = b"""
[database]
pool_size = 7
acquire = "1s"
command = "2s"
statement_timeout = "3s"
lock_timeout = "4s"
idle_in_transaction = "5s"
[media]
dir = "files"
"""


def test_they_share_one_database_with_the_configured_limits(tmp_path: Path) -> None:
    config = load(SOURCE, make_up=lambda path: "x" * 48).config
    stores = Stores.of(config, "postgresql:///hub", 42, tmp_path)
    limits = stores.database.limits
    assert (limits.pool, limits.acquire, limits.command) == (7, 1.0, 2.0)
    assert (limits.statement, limits.lock, limits.idle_in_transaction) == (3.0, 4.0, 5.0)
    assert stores.database.application == "hub:42"
    assert stores.database.size() == (0, 0)
