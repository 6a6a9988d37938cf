"""The demo's AI agent: the channel it serves, and what is told of it."""

import re

import click

from hub.commands import demo_ai
from hub.commands.demo_world import _toml
from hub.config import load


def test_its_channel_is_one_of_the_hubs() -> None:
    config = load(_toml(demo_ai.settings()), name="demo", make_up=lambda path: "x" * 48).config
    assert config.channels["pay"].default_team == "Sales"


def test_each_thing_is_a_line_with_its_time() -> None:
    lines: list[str] = []
    demo_ai.teller(lines.append)("hold", "commit_transaction 1450.00 USD waits for a person")
    (line,) = map(click.unstyle, lines)
    assert re.fullmatch(
        r" \d\d:\d\d:\d\d  hold commit_transaction 1450\.00 USD waits for a person: chika@demo\.test decides .*", line
    )
