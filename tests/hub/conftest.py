"""Configurations as a hub gets them."""

from collections.abc import Callable

import pytest

from hub.config import Config, load

Configured = Callable[..., Config]

QUICK = {"server.port": "0", "drain.spread": "0", "database.retry_first": "10ms", "database.retry_most": "50ms"}


@pytest.fixture
def configured() -> Configured:
    """`configured(options, source)`: a development configuration on a free port that starts and stops fast."""

    def make(options: dict[str, str] | None = None, source: str = "") -> Config:
        made_up = {"auth": "a secret of more than thirty-two bytes"}
        return load(
            source.encode(),
            name="config.toml",
            options={**QUICK, **(options or {})},
            make_up=lambda path: made_up[path[0]],
        ).config

    return make
