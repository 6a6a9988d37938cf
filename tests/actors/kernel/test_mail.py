import asyncio

import pytest

from actors.kernel.errors import AskTimeout
from actors.kernel.mail import Ask, Mail, time_out
from actors.kernel.testkit import virtual


def ask(deadline: float = 10.0) -> tuple[Ask, "asyncio.Future[object]"]:
    reply: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    return Ask("question", {"request_id": "r1"}, reply, deadline, ("a",)), reply


def test_a_tell_owes_nothing() -> None:
    mail = Mail("news")
    mail.reply(1)
    mail.fail(ValueError())
    assert mail.answered
    assert not mail.asks
    assert mail.deadline is None
    assert not mail.gone(1e9)


@virtual
async def test_the_first_answer_counts() -> None:
    mail, reply = ask()
    assert mail.wants_reply
    mail.reply(1)
    mail.reply(2)
    mail.fail(ValueError())
    assert mail.answered
    assert await reply == 1


@virtual
async def test_an_error_is_raised_at_the_asker() -> None:
    mail, reply = ask()
    mail.fail(KeyError("k"))
    with pytest.raises(KeyError):
        await reply


@virtual
async def test_the_deadline_ends_the_wait_once() -> None:
    mail, reply = ask()
    time_out(reply, "k")
    time_out(reply, "k")
    mail.reply("late")
    with pytest.raises(AskTimeout):
        await reply


@virtual
async def test_mail_is_gone_when_the_asker_left_or_the_deadline_passed() -> None:
    mail, reply = ask(deadline=10.0)
    assert not mail.gone(9.9)
    assert mail.gone(10.0)
    reply.cancel()
    assert mail.gone(0.0)
    mail.reply("to nobody")


@virtual
async def test_onward_mail_carries_the_asker_and_the_way_it_came() -> None:
    mail, reply = ask(deadline=7.0)
    onward = mail.onward("again", ("b",))
    mail.hand_over()
    assert (onward.deadline, onward.chain, onward.trace) == (7.0, ("a", "b"), {"request_id": "r1"})
    mail.reply("not ours any more")
    assert not reply.done()
    onward.reply("answer")
    assert await reply == "answer"


@virtual
async def test_onward_mail_of_an_answered_ask_is_a_tell() -> None:
    mail, _ = ask()
    mail.reply(1)
    onward = mail.onward("again", ("b",))
    assert not onward.asks
    assert onward.trace == {"request_id": "r1"}
