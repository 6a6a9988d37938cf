"""Drafts in real tables: turns under a lock, one winner, and nothing without its row in the audit."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

import asyncpg
import pytest
from attrs import evolve

from hub.conversation.commands import AttachAi, Author, Patch
from hub.conversation.state import Status
from hub.errors import (
    AiDetached,
    AuditUnavailable,
    ConfirmationInvalid,
    ConversationClosed,
    DraftChanged,
    DraftStateConflict,
    NotFound,
    ToolNotPermitted,
    Unavailable,
)
from hub.ids import uuid7
from hub.money import Money
from hub.transaction import creation, ending, settling
from hub.transaction.settling import Result
from hub.transaction.state import DraftState, Trigger
from hub.transaction.token import token_of
from hub.transaction.turn import unchanged
from storage.database import Database
from storage.erasure import SQL as ERASURE
from storage.journal import Journal
from tests.storage.transaction_scene import RULES, TransactionScene, all_at_once, begun_scene, crowd


@pytest.fixture
async def scene(database: Database, journal: Journal, decider: Any) -> TransactionScene:
    return await begun_scene(database, journal, decider)


async def test_a_draft_reads_back_as_it_was_decided(scene: TransactionScene) -> None:
    draft, _ = await scene.confirmed()
    sight = await scene.store.sight(draft.id)
    assert sight is not None
    assert sight.draft == draft
    assert sight.draft.state is DraftState.CONFIRMED
    assert sight.issued is not None
    assert (sight.issued.terms, sight.issued.consent_id) == (draft.terms, draft.consent_id)
    assert sight.standing.sales
    assert sight.standing.attached
    assert await scene.store.sight(uuid7()) is None


async def test_a_conversation_has_one_draft_under_way(scene: TransactionScene) -> None:
    first = await scene.wish()
    with pytest.raises(DraftStateConflict) as refused:
        await scene.wish()
    assert refused.value.extra == {"current_state": "creating", "draft_id": str(first.id)}
    assert (await scene.store.open_of(scene.conversation_id)) == first
    await (await scene.more()).wish()
    await scene.turn(first, partial(creation.refused, problem=NotFound(), rules=RULES))
    await scene.wish()


async def test_two_at_once_make_one_draft(scene: TransactionScene) -> None:
    made = await all_at_once(8, lambda _: scene.wish())
    assert Counter(type(each).__name__ for each in made) == {"Draft": 1, "DraftStateConflict": 7}


async def test_of_two_hundred_commits_one_begins(scene: TransactionScene, database_url: str) -> None:
    draft, token = await scene.confirmed()
    async with crowd(database_url, 8) as one, crowd(database_url, 8) as other:
        replicas = [scene.on(one), scene.on(other)]
        outcomes = await all_at_once(200, lambda n: replicas[n % 2].commit(draft, token))
    begun = [each for each in outcomes if not isinstance(each, Exception) and each.move.draft is not each.sight.draft]
    assert len(begun) == 1
    assert begun[0].move.draft.state is DraftState.COMMITTING
    assert Counter(type(each).__name__ for each in outcomes) == {"Turned": 1, "RequestInProgress": 199}
    rows = await scene.fetch("select body::jsonb ->> 'state_after' as state from audit_log")
    assert Counter(row["state"] for row in rows)["committing"] == 1
    (used,) = await scene.fetch("select used_by from transaction_tokens")
    assert used["used_by"] is not None


async def test_of_six_hundred_and_six_hundred_at_once_one_waits_for_a_person(scene: TransactionScene) -> None:
    """Two conversations of one person, who was known as two."""
    other = await scene.more()
    await scene.fetch("update customers set merged_into_id = $2 where id = $1", scene.customer_id, other.customer_id)
    confirmed = [(each, *await each.confirmed(Money(60_000, "USD"))) for each in (scene, other)]
    turned = await asyncio.gather(*(each.commit(draft, token) for each, draft, token in confirmed))
    assert sorted(each.move.draft.state for each in turned) == ["awaiting_approval", "committing"]


async def test_what_was_spent_counts_for_a_day_and_under_every_name(scene: TransactionScene) -> None:
    draft, token = await scene.confirmed(Money(60_000, "USD"))
    await scene.commit(draft, token)
    other = await scene.more()
    second, second_token = await other.confirmed(Money(60_000, "USD"))
    seen = await scene.store.sight(second.id)
    assert seen is not None
    assert seen.spent == ()
    await scene.fetch("update customers set merged_into_id = $2 where id = $1", scene.customer_id, other.customer_id)
    turned = await other.commit(second, second_token)
    assert turned.sight.spent == (Money(60_000, "USD"),)
    assert turned.move.draft.state is DraftState.AWAITING_APPROVAL
    await scene.fetch("update transaction_drafts set spent_at = spent_at - interval '25 hours' where id = $1", draft.id)
    await scene.fetch("update transaction_drafts set state = 'confirmed' where id = $1", second.id)
    seen = await scene.store.sight(second.id)
    assert seen is not None
    assert seen.spent == ()


async def test_the_audit_and_the_step_are_one_commit(scene: TransactionScene, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, token = await scene.confirmed()

    async def refuse(*_: object) -> None:
        raise AuditUnavailable

    monkeypatch.setattr(scene.audit, "append_in", refuse)
    with pytest.raises(AuditUnavailable):
        await scene.commit(draft, token)
    monkeypatch.undo()
    sight = await scene.store.sight(draft.id)
    assert sight is not None
    assert sight.draft == draft


async def test_every_step_is_in_the_audit_once(scene: TransactionScene) -> None:
    draft, token = await scene.confirmed()
    turned = await scene.commit(draft, token)
    done = Result(trigger=Trigger.DONE, transaction_id="tx-1", provider_status=200, latency_ms=12)
    await scene.turn(turned.move.draft, partial(settling.settled, result=done, rules=RULES))
    rows = await scene.fetch("select body::jsonb as row from audit_log order by seq")
    steps = [(row["row"]["phase"], row["row"]["state_before"], row["row"]["state_after"]) for row in rows]
    assert steps == [
        ("intent", None, "creating"),
        ("outcome", "creating", "awaiting_confirmation"),
        ("decision", "awaiting_confirmation", "awaiting_confirmation"),
        ("decision", "awaiting_confirmation", "confirmed"),
        ("intent", "confirmed", "committing"),
        ("outcome", "committing", "committed"),
    ]
    assert all(row["row"]["draft_id"] == str(draft.id) for row in rows)
    assert "Two chairs" not in str(rows)


async def test_what_was_changed_in_the_table_is_not_committed(scene: TransactionScene) -> None:
    draft, token = await scene.confirmed()
    await scene.fetch("update transaction_drafts set amount_minor = 600000 where id = $1", draft.id)
    turned = await scene.commit(draft, token)
    assert isinstance(turned.move.problem, DraftChanged)
    assert turned.move.draft.state is DraftState.CANCELLED


async def test_the_table_itself_refuses_money_without_a_consent_and_without_an_approval(
    scene: TransactionScene,
) -> None:
    asked = await scene.asked(Money(100_001, "USD"))
    for state in ("confirmed", "committing", "committed"):
        with pytest.raises(asyncpg.CheckViolationError, match="transaction_drafts_consent"):
            await scene.fetch("update transaction_drafts set state = $2 where id = $1", asked.id, state)
    await scene.says("482913")
    draft, token = await scene.hear(asked)
    waiting = (await scene.commit(draft, token)).move.draft
    assert waiting.state is DraftState.AWAITING_APPROVAL
    for state in ("approved", "committing", "committed"):
        with pytest.raises(asyncpg.CheckViolationError, match="transaction_drafts_approval"):
            await scene.fetch("update transaction_drafts set state = $2 where id = $1", draft.id, state)


async def test_a_turn_of_what_is_not_there(scene: TransactionScene) -> None:
    draft = evolve(await scene.wish(), id=uuid7())
    with pytest.raises(NotFound):
        await scene.turn(draft, lambda sight: unchanged(sight, "nothing"))


async def test_a_decision_that_changes_nothing_writes_nothing(scene: TransactionScene) -> None:
    draft = await scene.asked()
    before = await scene.fetch("select count(*) from audit_log")
    await scene.turn(draft, lambda sight: unchanged(sight, "nothing"))
    assert await scene.fetch("select count(*) from audit_log") == before


async def test_another_drafts_token_opens_nothing(scene: TransactionScene) -> None:
    draft, _ = await scene.confirmed()
    other = await scene.more()
    _, foreign = await other.confirmed()
    turned = await scene.commit(draft, foreign)
    assert isinstance(turned.move.problem, ConfirmationInvalid)
    assert turned.move.draft.failures == 0
    turned = await scene.commit(draft, token_of(b"?", uuid7()))
    assert turned.move.draft.failures == 1


async def test_the_conversation_of_now_decides(scene: TransactionScene) -> None:
    draft, token = await scene.confirmed()
    admin = Author(uuid7(), "Ana")
    await scene.change(AttachAi(admin, attached=False))
    with pytest.raises(AiDetached):
        await scene.commit(draft, token)
    await scene.change(AttachAi(admin, attached=True))
    await scene.fetch("update teams set kind = 'support'")
    with pytest.raises(ToolNotPermitted):
        await scene.commit(draft, token)
    await scene.fetch("update teams set kind = 'sales'")
    await scene.change(Patch(admin, status=Status.RESOLVED))
    with pytest.raises(ConversationClosed):
        await scene.commit(draft, token)
    sight = await scene.store.sight(draft.id)
    assert sight is not None
    assert sight.draft == draft


# What is heard


async def test_only_the_customers_own_messages_are_an_answer(scene: TransactionScene) -> None:
    draft = await scene.asked()
    assert await scene.store.unheard(10) == []
    await scene.change(scene.decider.reply("yes"))  # an agent
    assert await scene.store.unheard(10) == []
    said = await scene.says("hmm")
    assert await scene.store.unheard(10) == [draft.id]
    (heard,) = await scene.store.heard(draft)
    assert (heard.id, heard.seq, heard.by_customer, heard.text) == (said.id, said.seq, True, "hmm")
    await scene.fetch("update messages set sender_id = $2 where id = $1", said.id, uuid7())
    (heard,) = await scene.store.heard(draft)
    assert not heard.by_customer


async def test_what_was_read_is_not_heard_again(scene: TransactionScene) -> None:
    draft = await scene.asked()
    await scene.says("no idea")
    draft, _ = await scene.hear(draft)
    assert await scene.store.heard(draft) == []
    assert draft.asked.pending
    assert await scene.store.unheard(10) == []


async def test_a_message_agrees_to_one_thing(scene: TransactionScene) -> None:
    draft, _ = await scene.confirmed()
    with pytest.raises(asyncpg.UniqueViolationError):
        await scene.fetch(
            "insert into transaction_consents (id, draft_id, terms, prompt_message_id, customer_message_id, method)"
            " select $1, draft_id, terms, prompt_message_id, customer_message_id, method"
            " from transaction_consents where id = $2",
            uuid7(),
            draft.consent_id,
        )


async def test_conversations_listen_while_an_answer_is_expected(scene: TransactionScene) -> None:
    draft = await scene.asked()
    assert await scene.store.listening() == {scene.conversation_id}
    await scene.turn(draft, partial(ending.cancel, call=scene.call, rules=RULES))
    assert await scene.store.listening() == set()


# What is due


async def test_what_is_due_is_seen_to_by_one(scene: TransactionScene) -> None:
    draft = await scene.asked()
    assert await scene.store.claim(10) == []
    await scene.fetch("update transaction_drafts set due = now() - interval '1 second'")
    claims = await all_at_once(6, lambda _: scene.store.claim(10))
    assert sorted(claims, key=len) == [[]] * 5 + [[draft.id]]
    await scene.fetch("update transaction_drafts set claimed_until = now() - interval '1 second'")
    assert await scene.store.claim(10) == [draft.id]


async def test_what_a_dead_replica_waited_for_is_due_at_once(scene: TransactionScene, new_journal: Any) -> None:
    alive = new_journal(7)
    await alive.open()
    await scene.wish(replica=7)
    assert await scene.store.claim(10) == []
    other = await scene.more()
    lost = await other.wish(replica=8)
    assert await scene.store.claim(10) == [lost.id]


# What is told


async def test_a_request_for_approval_is_announced_with_it(scene: TransactionScene) -> None:
    draft, token = await scene.confirmed(Money(100_001, "USD"))
    turned = await scene.commit(draft, token)
    (announcement,) = await scene.store.announcements(10)
    assert (announcement.type, announcement.conversation_id) == ("approval.requested", scene.conversation_id)
    assert announcement.audience.team_id == scene.team_id
    assert turned.move.approval is not None
    shown = announcement.data["approval"]
    assert (shown["id"], shown["amount"], shown["state"]) == (str(turned.move.approval.id), "1000.01", "pending")
    assert turned.sight.waiting == (0, 0)
    other = await scene.more()
    confirmed, _ = await other.confirmed()
    sight = await scene.store.sight(confirmed.id)
    assert sight is not None
    assert sight.waiting == (0, 1)


async def test_a_letter_is_put_down_with_the_step(scene: TransactionScene) -> None:
    draft, token = await scene.confirmed()
    draft = (await scene.commit(draft, token)).move.draft
    lost = Result(trigger=Trigger.LOST)
    draft = (await scene.turn(draft, partial(settling.settled, result=lost, rules=RULES))).move.draft
    draft = (await scene.turn(draft, partial(settling.given_up, rules=RULES))).move.draft
    assert draft.state is DraftState.MANUAL_REVIEW
    (letter,) = await scene.fetch("select operation, ref_id, idempotency_key, kind from dead_letters")
    assert tuple(letter) == ("commit_draft", draft.id, str(draft.key_commit), "review")


async def test_who_writes_without_the_lock_is_noticed(
    scene: TransactionScene, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, token = await scene.confirmed()
    async with crowd(database_url, 1) as others, others.acquire() as connection:

        async def slip_in() -> None:
            await connection.execute("update transaction_drafts set version = version + 1")

        original = scene.store._write

        async def write(*arguments: Any) -> None:
            await slip_in()
            await original(*arguments)

        monkeypatch.setattr(scene.store, "_write", write)
        with pytest.raises(Unavailable):
            await scene.commit(draft, token)
    assert await scene.fetch("select 1 from transaction_drafts where state = 'confirmed'")


async def test_a_customer_who_is_forgotten_leaves_an_amount_and_no_words(scene: TransactionScene) -> None:
    draft = await scene.asked()
    async with scene.database.transaction() as connection:
        await connection.execute(ERASURE.forget_transactions, [scene.conversation_id])
    sight = await scene.store.sight(draft.id)
    assert sight is not None
    forgotten = sight.draft
    assert (forgotten.description, forgotten.customer_ref, forgotten.asked.code) == ("", "", "")
    assert forgotten.amount == draft.amount
    await scene.says("Confirm", "cfm:")
    forgotten, _ = await scene.hear(forgotten)
    assert forgotten.state is DraftState.CANCELLED
