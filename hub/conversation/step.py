"""From a command to its decision: the one table by which a conversation's turn proceeds."""

from collections.abc import Callable
from typing import Any

from hub.conversation.ai import attach_ai
from hub.conversation.assign import edit, take
from hub.conversation.commands import (
    Absorb,
    AddNote,
    AddTag,
    AttachAi,
    Author,
    Command,
    Context,
    DeleteNote,
    Deliver,
    Due,
    HandOver,
    MediaSettled,
    Merge,
    Patch,
    React,
    Receive,
    RemoveTag,
    Reply,
    Retag,
    Retry,
    SendResult,
    ShowCustomer,
    Start,
    Take,
)
from hub.conversation.customer import hand_over, show_customer
from hub.conversation.due import come_due
from hub.conversation.effects import Effects
from hub.conversation.merge import absorb, merge
from hub.conversation.note import add_note, delete_note
from hub.conversation.receive import receive
from hub.conversation.reply import react, reply, retry
from hub.conversation.report import deliver, media_settled, send_result
from hub.conversation.start import start
from hub.conversation.state import Desk
from hub.conversation.tag import add_tag, remove_tag, retag
from hub.errors import NotFound
from hub.record import evolve

DECISIONS: dict[type, Callable[[Desk, Any, Context], tuple[Desk, Effects, object]]] = {
    Receive: receive,
    Reply: reply,
    Retry: retry,
    React: react,
    SendResult: send_result,
    Deliver: deliver,
    MediaSettled: media_settled,
    Take: take,
    Patch: edit,
    AttachAi: attach_ai,
    Merge: merge,
    Absorb: absorb,
    Start: start,
    Due: come_due,
    AddTag: add_tag,
    RemoveTag: remove_tag,
    Retag: retag,
    AddNote: add_note,
    DeleteNote: delete_note,
    ShowCustomer: show_customer,
    HandOver: hand_over,
}


def step(desk: Desk, command: Command, context: Context) -> tuple[Desk, Effects, object]:
    """Decides what a command leads to: the next desk, the rows to commit, and the answer.

    Raises a HubError when the command cannot be carried out; then nothing has changed.
    """
    return DECISIONS[type(command)](desk, command, context)


def permit(desk: Desk, command: Command) -> None:
    """Raises NotFound when the command's author may not see the conversation: the same as if there were none."""
    author: Author | None = getattr(command, "author", None)
    if author is not None and (desk.conversation is None or not author.sees(desk.conversation)):
        raise NotFound("There is no such conversation.")


def committed(before: Desk, after: Desk, effects: Effects) -> Desk:
    """The desk as it stands once `effects` are written: the revision has gone up by one."""
    if not effects or after.conversation is None:
        return after
    expect = before.conversation.revision if before.conversation else 0
    conversation = evolve(after.conversation, revision=expect + 1)
    return Desk(conversation, after.messages, after.held, after.addresses)
