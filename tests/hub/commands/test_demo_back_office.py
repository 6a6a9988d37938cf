"""The hub's configuration for the demo's back ends is one that the hub takes, and meets them."""

import socket
from pathlib import Path

import pytest

from hub.commands import demo_back_office
from hub.commands.demo_world import _toml
from hub.commands.exits import CommandFailed
from hub.commands.files import KeptSecrets
from hub.config import load


async def test_the_hub_is_told_where_they_are(tmp_path: Path) -> None:
    kept = KeptSecrets(tmp_path / "secrets.toml")
    office = await demo_back_office.opened(kept, 0, 7)
    config = load(_toml(demo_back_office.settings(office)), name="demo", make_up=kept.make_up).config
    await office.stop()
    ticketing, create = config.integrations.ticketing, config.integrations.transaction_create
    assert ticketing is not None
    assert create is not None
    assert ticketing.base_url == office.ticketing_url
    assert ticketing.api_key.reveal() == office.credentials.api_key
    assert create.hmac_secret[0].reveal() == office.credentials.signing_secrets[0]
    assert config.notify.email.from_ == "hub@demo.test"
    assert config.notify.slack.webhook_url.reveal() == office.slack_url


async def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandFailed, match=f"Port {port} is taken"):
            await demo_back_office.opened(KeptSecrets(tmp_path / "secrets.toml"), port, 7)
