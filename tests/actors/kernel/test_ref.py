"""Tells, asks and forwards, as their senders see them."""

import asyncio
from collections.abc import Mapping

import pytest

from actors.kernel import TRACE, AskCycle, AskTimeout, Bound, Mail, MailboxFull, Policy, System
from actors.kernel.testkit import kind_from, settle, virtual, virtual_system


async def echo(mail: Mail) -> object:
    return mail.message


async def slow(mail: Mail) -> object:
    await asyncio.sleep(1.0)
    return mail.message


@virtual
async def test_an_ask_is_answered_with_what_the_handler_returns() -> None:
    system = virtual_system()
    system.register(kind_from("echo", echo))
    assert await system.ref("echo", 1).ask("hello", timeout=1.0) == "hello"
    assert await system.ref("echo", 1).ask_nowait("again", timeout=1.0) == "again"


@virtual
async def test_what_the_handler_raises_is_raised_at_the_asker() -> None:
    async def fails(mail: Mail) -> object:
        raise LookupError("nothing there")

    system = virtual_system()
    system.register(kind_from("fails", fails))
    with pytest.raises(LookupError, match="nothing there"):
        await system.ref("fails", 1).ask("?", timeout=1.0)


@virtual
async def test_an_early_reply_is_the_answer_and_the_turn_goes_on() -> None:
    done = []

    async def early(mail: Mail) -> object:
        mail.reply("early")
        await asyncio.sleep(1.0)
        done.append(mail.answered)
        return "late"

    system = virtual_system()
    system.register(kind_from("early", early))
    assert await system.ref("early", 1).ask("?", timeout=5.0) == "early"
    assert asyncio.get_running_loop().time() == 0.0
    await asyncio.sleep(1.0)
    assert done == [True]


@virtual
async def test_the_deadline_ends_the_wait_and_never_the_handler() -> None:
    finished = []

    async def patient(mail: Mail) -> None:
        await asyncio.sleep(3.0)
        finished.append(mail.message)

    system = virtual_system()
    system.register(kind_from("patient", patient))
    with pytest.raises(AskTimeout):
        await system.ref("patient", 1).ask("work", timeout=1.0)
    assert asyncio.get_running_loop().time() == pytest.approx(1.0)
    await asyncio.sleep(3.0)
    assert finished == ["work"]


@virtual
async def test_an_asker_who_is_cancelled_leaves_the_handler_alone() -> None:
    finished = []

    async def patient(mail: Mail) -> None:
        await asyncio.sleep(3.0)
        finished.append(mail.message)

    system = virtual_system()
    system.register(kind_from("patient", patient))
    asking = asyncio.create_task(system.ref("patient", 1).ask("work", timeout=9.0))
    await settle()
    asking.cancel()
    await asyncio.sleep(4.0)
    assert asking.cancelled()
    assert finished == ["work"]


@virtual
async def test_mail_that_nobody_waits_for_is_skipped() -> None:
    handled = []

    async def handler(mail: Mail) -> None:
        handled.append(mail.message)
        await asyncio.sleep(2.0)

    system = virtual_system()
    system.register(kind_from("k", handler))
    ref = system.ref("k", 1)
    ref.tell("first")
    expiring = ref.ask_nowait("expires", timeout=1.0)
    leaving = asyncio.create_task(ref.ask("asker leaves", timeout=60.0))
    ref.tell("last")
    await settle()
    leaving.cancel()
    with pytest.raises(AskTimeout):
        await expiring
    await asyncio.sleep(10.0)
    assert handled == ["first", "last"]
    assert system.stats()["k"].expired == 2


@virtual
async def test_a_deadline_the_loop_was_late_for_still_counts() -> None:
    handled = []
    now = 0.0

    async def handler(mail: Mail) -> None:
        nonlocal now
        handled.append(mail.message)
        now += 5.0  # a turn that blocks the loop: no timer can fire meanwhile

    system = System(clock=lambda: now)
    system.register(kind_from("k", handler))
    ref = system.ref("k", 1)
    ref.tell("blocks")
    late = ref.ask_nowait("too late", timeout=1.0)
    with pytest.raises(AskTimeout):
        await late
    assert handled == ["blocks"]


@virtual
async def test_a_full_mailbox_refuses_tell_and_ask_at_once() -> None:
    system = virtual_system()
    system.register(kind_from("k", slow, bound=Bound(2)))
    ref = system.ref("k", 1)
    ref.tell("in work")
    await settle()
    ref.tell(1)
    ref.tell(2)
    with pytest.raises(MailboxFull) as refused:
        ref.tell(3)
    with pytest.raises(MailboxFull):
        ref.ask_nowait(3, timeout=1.0)
    assert (refused.value.kind, refused.value.key, refused.value.limit) == ("k", 1, 2)
    system.ref("k", 2).tell("others are not affected")
    ref.tell("urgent mail has its own room", urgent=True)
    assert system.stats()["k"].rejected == 2


@virtual
async def test_under_drop_oldest_the_oldest_asker_is_told() -> None:
    handled = []

    async def handler(mail: Mail) -> object:
        handled.append(mail.message)
        return await slow(mail)

    system = virtual_system()
    system.register(kind_from("k", handler, bound=Bound(2, Policy.DROP_OLDEST)))
    ref = system.ref("k", 1)
    ref.tell("in work")
    await settle()
    oldest = ref.ask_nowait(1, timeout=60.0)
    for n in (2, 3, 4):
        ref.tell(n)
    with pytest.raises(MailboxFull):
        await oldest
    await asyncio.sleep(10.0)
    assert handled == ["in work", 3, 4]
    assert system.stats()["k"].dropped == 2


@virtual
async def test_under_coalesce_an_ask_is_never_replaced() -> None:
    handled = []

    async def handler(mail: Mail) -> object:
        handled.append(mail.message)
        return await slow(mail)

    system = virtual_system()
    system.register(kind_from("k", handler, bound=Bound(5, Policy.COALESCE, key=lambda message: "topic")))
    ref = system.ref("k", 1)
    ref.tell("in work")
    await settle()
    answer = ref.ask_nowait("question", timeout=60.0)
    ref.tell("old")
    second = ref.ask_nowait("second question", timeout=60.0)
    ref.tell("new")
    assert await answer == "question"
    assert await second == "second question"
    assert handled == ["in work", "question", "new", "second question"]


@virtual
async def test_urgent_mail_overtakes() -> None:
    handled = []

    async def handler(mail: Mail) -> None:
        handled.append(mail.message)
        await slow(mail)

    system = virtual_system()
    system.register(kind_from("k", handler))
    ref = system.ref("k", 1)
    for n in (1, 2, 3):
        ref.tell(n)
    await settle()
    ref.tell("urgent", urgent=True)
    await asyncio.sleep(10.0)
    assert handled == [1, "urgent", 2, 3]


@virtual
async def test_an_ask_into_its_own_chain_is_refused_at_once() -> None:
    system = virtual_system()

    async def a(mail: Mail) -> object:
        return await system.ref("b", 1).ask("from a", timeout=60.0)

    async def b(mail: Mail) -> object:
        return await system.ref("a", 1).ask("from b", timeout=60.0)

    system.register(kind_from("a", a))
    system.register(kind_from("b", b))
    with pytest.raises(AskCycle) as refused:
        await system.ref("a", 1).ask("start", timeout=60.0)
    assert refused.value.chain == ("a", "b", "a")
    assert asyncio.get_running_loop().time() == 0.0


@virtual
async def test_an_ask_to_oneself_is_a_cycle_and_a_tell_is_not() -> None:
    system = virtual_system()
    handled = []

    async def narcissus(mail: Mail) -> None:
        handled.append(mail.message)
        if mail.message == "ask":
            await system.ref("n", 1).ask("me", timeout=60.0)
        if mail.message == "tell":
            system.ref("n", 1).tell("later")

    system.register(kind_from("n", narcissus))
    with pytest.raises(AskCycle):
        await system.ref("n", 1).ask("ask", timeout=60.0)
    await system.ref("n", 1).ask("tell", timeout=60.0)
    await settle()
    assert handled == ["ask", "tell", "later"]


@virtual
async def test_another_key_of_the_same_kind_and_a_later_turn_are_no_cycle() -> None:
    system = virtual_system()

    async def countdown(mail: Mail) -> object:
        return (
            0 if mail.message == 0 else 1 + await system.ref("c", mail.message - 1).ask(mail.message - 1, timeout=9.0)
        )

    async def teller(mail: Mail) -> object:
        system.ref("answerer", 1).tell(mail.message)  # a tell leaves nobody waiting,
        return None

    heard = []

    async def answerer(mail: Mail) -> None:
        heard.append(await system.ref("c", 0).ask(0, timeout=9.0))
        heard.append(await system.ref("teller2", 1).ask(0, timeout=9.0))  # so this way back is free

    system.register(kind_from("c", countdown))
    system.register(kind_from("teller", teller))
    system.register(kind_from("teller2", echo))
    system.register(kind_from("answerer", answerer))
    assert await system.ref("c", 3).ask(3, timeout=9.0) == 3
    await system.ref("teller", 1).ask("x", timeout=9.0)
    await settle()
    assert heard == [0, 0]


@virtual
async def test_the_one_who_was_told_may_ask_back() -> None:
    system = virtual_system()
    heard = []

    async def first(mail: Mail) -> object:
        if mail.message == "go":
            system.ref("second", 1).tell("hello")
        return "here I am"

    async def second(mail: Mail) -> None:
        heard.append(await system.ref("first", 1).ask("who are you", timeout=9.0))

    system.register(kind_from("first", first))
    system.register(kind_from("second", second))
    await system.ref("first", 1).ask("go", timeout=9.0)
    await settle()
    assert heard == ["here I am"]


@virtual
async def test_a_forward_hands_over_the_right_to_answer() -> None:
    system = virtual_system()

    async def desk(mail: Mail) -> object:
        system.ref("expert", 1).forward(("re", mail.message), mail)
        assert mail.answered
        mail.reply("not mine to give")
        return "neither"

    system.register(kind_from("desk", desk))
    system.register(kind_from("expert", slow))
    assert await system.ref("desk", 1).ask("question", timeout=9.0) == ("re", "question")


@virtual
async def test_a_forward_keeps_the_deadline() -> None:
    system = virtual_system()
    deadlines = []

    async def desk(mail: Mail) -> object:
        await asyncio.sleep(1.0)
        system.ref("expert", 1).forward(mail.message, mail)
        return None

    async def expert(mail: Mail) -> None:
        deadlines.append(mail.deadline)
        await asyncio.sleep(5.0)

    system.register(kind_from("desk", desk))
    system.register(kind_from("expert", expert))
    with pytest.raises(AskTimeout):
        await system.ref("desk", 1).ask("question", timeout=2.0)
    assert deadlines == [2.0]
    assert asyncio.get_running_loop().time() == pytest.approx(2.0)


@virtual
async def test_a_forward_that_is_refused_leaves_the_duty_where_it_was() -> None:
    system = virtual_system()

    async def desk(mail: Mail) -> object:
        with pytest.raises(MailboxFull):
            system.ref("expert", 1).forward(mail.message, mail)
        return "I do it myself"

    system.register(kind_from("desk", desk))
    system.register(kind_from("expert", slow, bound=Bound(1)))
    system.ref("expert", 1).tell("in work")
    await settle()
    system.ref("expert", 1).tell("waiting")
    assert await system.ref("desk", 1).ask("question", timeout=9.0) == "I do it myself"


@virtual
async def test_a_forward_back_to_one_who_waits_is_a_cycle() -> None:
    system = virtual_system()

    async def asker(mail: Mail) -> object:
        return await system.ref("desk", 1).ask("question", timeout=60.0)

    async def desk(mail: Mail) -> object:
        system.ref("expert", 1).forward("over to you", mail)
        return None

    async def expert(mail: Mail) -> object:
        if mail.message == "over to you":
            await system.ref("asker", 1).ask("what did you mean", timeout=60.0)
        return "done"

    system.register(kind_from("asker", asker))
    system.register(kind_from("desk", desk))
    system.register(kind_from("expert", expert))
    with pytest.raises(AskCycle) as refused:
        await system.ref("asker", 1).ask("start", timeout=60.0)
    assert refused.value.chain == ("asker", "desk", "expert", "asker")


@virtual
async def test_a_forward_to_oneself_is_a_cycle() -> None:
    system = virtual_system()

    async def desk(mail: Mail) -> None:
        system.ref("desk", 1).forward(mail.message, mail)

    system.register(kind_from("desk", desk))
    with pytest.raises(AskCycle):
        await system.ref("desk", 1).ask("question", timeout=60.0)


@virtual
async def test_a_forwarded_tell_is_a_tell() -> None:
    system = virtual_system()
    seen = []

    async def desk(mail: Mail) -> None:
        system.ref("expert", 1).forward("note", mail)

    async def expert(mail: Mail) -> None:
        seen.append((mail.message, mail.wants_reply, mail.chain))

    system.register(kind_from("desk", desk))
    system.register(kind_from("expert", expert))
    system.ref("desk", 1).tell("x")
    await settle()
    assert seen == [("note", False, ())]


@virtual
async def test_the_trace_travels_with_tell_ask_and_forward_and_stays_with_its_message() -> None:
    system = virtual_system()
    seen: list[tuple[object, Mapping[str, str]]] = []

    async def first(mail: Mail) -> object:
        seen.append(("first", TRACE.get()))
        system.ref("last", 1).tell("told")
        await system.ref("last", 1).ask("asked", timeout=9.0)
        system.ref("last", 1).forward("forwarded", mail)
        TRACE.set({"request_id": "spoilt by the handler"})
        return None

    async def last(mail: Mail) -> None:
        await asyncio.sleep(0.1)
        seen.append((mail.message, TRACE.get()))

    system.register(kind_from("first", first))
    system.register(kind_from("last", last))
    for request in ("r1", "r2"):
        TRACE.set({"request_id": request})
        await system.ref("first", 1).ask("start", timeout=9.0)
    assert TRACE.get() == {"request_id": "r2"}, "what an actor sets stays with the actor"
    assert [(who, trace["request_id"]) for who, trace in seen] == [
        (who, request) for request in ("r1", "r2") for who in ("first", "told", "asked", "forwarded")
    ]


@virtual
async def test_the_same_address_is_the_same_ref() -> None:
    system, other = virtual_system(), virtual_system()
    for each in (system, other):
        each.register(kind_from("k", echo))
        each.register(kind_from("m", echo))
    assert system.ref("k", 1) == system.ref("k", 1)
    assert len({system.ref("k", 1), system.ref("k", 1), system.ref("k", 2), system.ref("m", 1)}) == 3
    assert system.ref("k", 1) != other.ref("k", 1)
    assert (system.ref("k", 1).kind, system.ref("k", 1).key) == ("k", 1)
    with pytest.raises(AttributeError):
        system.ref("k", 1).key = 2  # type: ignore[misc]


@virtual
async def test_a_ref_does_not_print_its_key() -> None:
    system = virtual_system()
    system.register(kind_from("customer", echo))
    assert "4915112345678" not in repr(system.ref("customer", "+4915112345678"))
