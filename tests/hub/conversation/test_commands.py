"""What only a message can begin."""

from typing import Any

import pytest

from hub.conversation.commands import Receive
from hub.inbound import Note, Reaction


def test_only_a_message_begins_a_conversation(talk: Any) -> None:
    reaction = Reaction("r", "wamid.1", talk.party, "👍", talk.now)
    note = Note("n", "opt_out", talk.party, talk.now)
    assert not Receive(()).creates
    assert not Receive((reaction, note)).creates


@pytest.mark.parametrize("written_by", ["inbound", "echo"])
def test_whoever_wrote_it(talk: Any, written_by: str) -> None:
    reaction = Reaction("r", "wamid.1", talk.party, "👍", talk.now)
    assert Receive((reaction, getattr(talk, written_by)())).creates
