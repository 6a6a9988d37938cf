"""An errand: marked before it is sent, told until it is stored, and never silent."""

import asyncio
from typing import Any

import pytest

from actors import delivery, kinds
from actors.delivery import Errand, Over
from actors.kernel import Mail, MailboxFull
from actors.kernel.testkit import kind_from, settle, virtual, virtual_system
from hub.conversation.commands import Outcome, SendResult
from hub.conversation.effects import OutboxRow
from hub.errors import HubError, Unavailable
from hub.ids import uuid7
from hub.outbox import Claimed, Sent


class Stage:
    """A row, and everybody an errand talks to; `happened` is what they saw, in order."""

    def __init__(self) -> None:
        self.row = OutboxRow(uuid7(), "c", uuid7(), 2, 1, {}, message_id=uuid7(), token=uuid7())
        self.happened: list[str] = []
        self.results: list[SendResult] = []
        self.over: list[Over] = []
        self.marked = True
        self.unready: Sent | None = None
        self.ends: Sent | Exception = Sent(Outcome.ACCEPTED, provider_id="wamid.1")
        self.away = 0
        self.error: HubError = Unavailable()
        self.tried: list[Sent] = []
        self.system = virtual_system()
        self.system.register(delivery.marker_kind(self))  # type: ignore[arg-type]
        self.system.register(kind_from(kinds.CONVERSATION, self.told))
        self.system.register(kind_from(kinds.COURIER, self.ended))
        self.errand = Errand(self.system, self, lambda sent, seconds: self.tried.append(sent))  # type: ignore[arg-type]

    async def sending(self, rows: Any) -> set[Any]:
        self.happened.append("marked")
        if isinstance(self.marked, Exception):
            raise self.marked
        return {row.id for row in rows} if self.marked else set()

    async def prepare(self, row: OutboxRow) -> Sent | None:
        self.happened.append("prepared")
        return self.unready

    async def send(self, row: OutboxRow) -> Sent:
        self.happened.append("sent")
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends

    async def told(self, mail: Mail) -> bool | None:
        if self.away:
            self.away -= 1
            mail.fail(self.error)
            return None
        self.happened.append("told")
        self.results.append(mail.message)
        return True

    async def ended(self, mail: Mail) -> None:
        self.over.append(mail.message)

    async def run(self, interrupted: bool = False) -> None:
        await self.errand.run(Claimed(self.row, interrupted), self.system.ref(kinds.COURIER, "c"))
        await settle()


@virtual
async def test_it_is_marked_then_sent_then_told() -> None:
    stage = Stage()
    await stage.run()
    assert stage.happened == ["prepared", "marked", "sent", "told"]
    (result,) = stage.results
    assert (result.outbox_id, result.token, result.provider_id, result.tries) == (
        stage.row.id,
        stage.row.token,
        "wamid.1",
        1,
    )
    assert stage.over == [Over(stage.row.conversation_id, accepted=True, more=True)]
    assert [sent.outcome for sent in stage.tried] == [Outcome.ACCEPTED]


@virtual
async def test_what_is_not_ours_any_more_is_not_sent() -> None:
    stage = Stage()
    stage.marked = False
    await stage.run()
    assert stage.happened == ["prepared", "marked"]
    assert stage.over == [Over(stage.row.conversation_id)]


@virtual
async def test_what_cannot_be_marked_is_not_sent() -> None:
    stage = Stage()
    stage.marked = Unavailable()  # type: ignore[assignment]
    await stage.run()
    assert "sent" not in stage.happened
    assert stage.over == [Over(stage.row.conversation_id)]


@virtual
async def test_what_could_not_be_made_ready_is_told_unmarked() -> None:
    stage = Stage()
    stage.unready = Sent(Outcome.LATER, retry_in=3.0, burns_try=False)
    await stage.run()
    assert stage.happened == ["prepared", "told"]
    assert (stage.results[0].retry_in, stage.results[0].tries) == (3.0, 0)
    assert stage.over[0].retry_in == 3.0


@virtual
async def test_what_was_interrupted_is_unknown_and_not_sent() -> None:
    stage = Stage()
    await stage.run(interrupted=True)
    assert stage.happened == ["told"]
    assert stage.results[0].outcome is Outcome.UNKNOWN


@virtual
async def test_what_the_provider_wants_of_the_channel_reaches_the_courier() -> None:
    stage = Stage()
    stage.ends = Sent(Outcome.LATER, retry_in=1.0, hold_channel=9.0, channel_down=True)
    await stage.run()
    (over,) = stage.over
    assert (over.retry_in, over.hold_channel, over.channel_down, over.accepted) == (1.0, 9.0, True, False)


@pytest.mark.parametrize("away", [1, 5, 40])
@virtual
async def test_a_result_is_brought_until_it_is_stored(away: int) -> None:
    stage = Stage()
    stage.away = away
    await stage.run()
    assert len(stage.results) == 1
    assert stage.happened.count("sent") == 1


@pytest.mark.parametrize(("error", "tries"), [(Unavailable(), 100), (HubError(), delivery.REPORTS)])
@virtual
async def test_a_result_that_nobody_takes_is_given_up_and_the_courier_goes_on(error: HubError, tries: int) -> None:
    stage = Stage()
    stage.away, stage.error = 10_000, error
    await stage.run()
    assert stage.results == []
    assert 10_000 - stage.away >= tries
    assert stage.over == [Over(stage.row.conversation_id)]
    assert asyncio.get_running_loop().time() <= delivery.REPORTING + delivery.LONGEST_PAUSE


@virtual
async def test_a_carrier_that_breaks_its_word_does_not_block_the_conversation() -> None:
    stage = Stage()
    stage.ends = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        await stage.run()
    await settle()
    assert stage.over == [Over(stage.row.conversation_id)]


@virtual
async def test_a_courier_that_takes_no_mail_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()

    class Full:
        def tell(self, message: object) -> None:
            raise MailboxFull(kinds.COURIER, "c", 1)

    caplog.set_level("INFO")
    await stage.errand.run(Claimed(stage.row), Full())  # type: ignore[arg-type]
    assert "leases lapse" in caplog.text


@virtual
async def test_many_rows_are_marked_with_one_statement() -> None:
    calls: list[int] = []

    class Store:
        async def sending(self, rows: Any) -> set[Any]:
            calls.append(len(rows))
            await asyncio.sleep(0.01)
            return {row.id for row in rows[::2]}

    system = virtual_system()
    system.register(delivery.marker_kind(Store()))  # type: ignore[arg-type]
    ref = system.ref(kinds.SENDING_MARKER, 0)
    rows = [OutboxRow(uuid7(), "c", uuid7(), 1, 1, {}) for _ in range(9)]
    first = ref.ask_nowait(rows[0], timeout=5)
    await asyncio.sleep(0.001)
    answers = await asyncio.gather(*(ref.ask(row, timeout=5) for row in rows[1:]))
    assert await first is True
    assert calls == [1, 8]
    assert answers == [True, False] * 4


@virtual
async def test_what_may_be_sent_twice_is_sent_after_an_interruption() -> None:
    stage = Stage()
    stage.errand = Errand(stage.system, stage, repeatable=True)  # type: ignore[arg-type]
    await stage.run(interrupted=True)
    assert stage.happened == ["prepared", "marked", "sent", "told"]
