"""Drafts of transactions when things go wrong: what customers say, what back ends answer, what people change; at each
door where an AI agent makes and commits them. What takes long is done at all doors at once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.demo.back_office import Fault
from tests.acceptance.agent import Json
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.chat import BackEnd
from tests.acceptance.draft_kit import Purchase, decide, purchase, supervisor, wish
from tests.acceptance.mcp_talk import DOORS, at_each_door, company_at
from tests.acceptance.stage import Stage, eventually

OPTIONS = {
    "ai.calls_per_hour": "1000",
    "ai.calls_per_minute": "5000",
    "circuits.attempts": "1",
    "circuits.failures": "50",
    "circuits.waiting": "500",
    "ai.reconcile_for": "8s",
}


@pytest.fixture(params=DOORS)
async def company(stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Company]:
    made = await company_at(request.param, stage)
    yield made
    stage.back_office.faults.clear()


@pytest.fixture
async def talk(company: Company) -> Talk:
    return await company.talk()


@pytest.fixture
async def talks(stage: Stage) -> AsyncIterator[list[Talk]]:
    """One for each door."""
    yield await at_each_door(await Company.of(stage))
    stage.back_office.faults.clear()


async def states(purchases: list[Purchase]) -> set[str]:
    """How they stand."""
    return {(await bought.seen())["state"] for bought in purchases}


# The customer


async def test_a_yes_before_the_question_is_none(stage: Stage, talks: list[Talk]) -> None:
    """T23: a yes to something else."""
    for talk in talks:
        await talk.customer.say("yes")
    await stage.world.quiet(20.0)
    purchases = [await purchase(talk) for talk in talks]
    for bought in purchases:
        await bought.question()
    await asyncio.sleep(1.5)
    assert await states(purchases) == {"awaiting_confirmation"}
    for bought in purchases:
        await bought.talk.customer.say("Sí, confirmo")
        assert (await bought.until("confirmed"))["confirmation"]["confirmation_token"]


async def test_what_is_not_clear_is_asked_about_once_and_no_ends_it(stage: Stage, talks: list[Talk]) -> None:
    """T24: neither half a yes nor a picture of one."""
    purchases = [await purchase(talk) for talk in talks]
    for bought in purchases:
        await bought.question()
        await bought.talk.customer.say("yes but only 50")

    async def asked_twice() -> bool:
        return [len((await bought.row())["prompt_ids"]) for bought in purchases] == [2] * len(purchases)

    await eventually(asked_twice)
    for talk in talks:
        await talk.customer.say("ok 👍")
    await stage.world.quiet(20.0)
    await asyncio.sleep(1.5)
    assert await asked_twice()
    assert await states(purchases) == {"awaiting_confirmation"}
    for bought in purchases:
        await bought.talk.customer.say("no")
        assert (await bought.until("cancelled"))["reason"] == "customer_declined"


async def test_a_press_on_an_old_question_confirms_nothing_new(stage: Stage, talks: list[Talk]) -> None:
    """T23: the answer is to a question that is not asked any more."""
    purchases = []
    for talk in talks:
        first = await purchase(talk)
        old = await first.question()
        assert (await talk.call("cancel_transaction_draft", {"draft_id": first.id})).status == 200
        purchases.append(await purchase(talk, "75.00"))
        await purchases[-1].question()
        pressed = old.buttons()[0]
        await talk.customer.press(pressed["id"], pressed["title"], of=old.wamid)
    await stage.world.quiet(20.0)
    await asyncio.sleep(1.5)
    assert await states(purchases) == {"awaiting_confirmation"}
    for bought in purchases:
        assert (await bought.agree()).token


async def test_the_customer_calls_off_what_waits_for_a_person(stage: Stage, company: Company, talk: Talk) -> None:
    """T31, T35: nobody can approve or commit it afterwards."""
    bought = await (await purchase(talk, "2000.00")).agree()
    assert (await bought.commit()).status == 202
    sol = await supervisor(company)
    approval = await bought.approval(sol)
    await bought.press(1)
    await bought.until("cancelled")
    refused = await decide(sol, approval, "approve")
    assert (refused.status, refused.json["code"]) == (409, "draft_state_conflict")
    conflict = await bought.commit()
    assert (conflict.status, conflict.json["code"], conflict.json["current_state"]) == (
        409,
        "draft_state_conflict",
        "cancelled",
    )
    assert stage.back_office.payments.commits == []


# Identity and context


async def test_a_draft_of_another_conversation_is_not_there(company: Company, talk: Talk) -> None:
    """T17."""
    bought, other = await (await purchase(talk)).agree(), await company.talk()
    for tool, arguments in (
        ("get_transaction_draft", {"draft_id": bought.id}),
        ("cancel_transaction_draft", {"draft_id": bought.id}),
        ("commit_transaction", {"draft_id": bought.id, "confirmation_token": bought.token}),
    ):
        assert (await other.call(tool, arguments)).json["code"] == "not_found"
    assert (await bought.seen())["state"] == "confirmed"


async def test_five_guesses_end_it(talk: Talk) -> None:
    """T21."""
    bought = await purchase(talk)
    for _ in range(5):
        assert (await bought.commit("cft_guess")).json["code"] == "confirmation_invalid"
    assert (await bought.until("cancelled"))["reason"] == "wrong_tokens"


async def test_a_person_who_takes_over_ends_what_the_ai_may_do(stage: Stage, talk: Talk) -> None:
    """T19: between the customer's consent and the commit."""
    bought = await (await purchase(talk)).agree()
    await talk.agent.say(talk.conversation_id, "I take it from here")
    assert (await bought.commit()).json["code"] == "ai_detached"
    assert (await bought.row())["state"] == "confirmed"
    assert stage.back_office.payments.commits == []


async def test_an_amount_that_was_edited_after_the_consent_is_not_paid(stage: Stage, talk: Talk) -> None:
    """T28: here, or at the back end."""
    bought = await (await purchase(talk)).agree()
    await stage.rows("update transaction_drafts set amount_minor = 600000 where id = $1::uuid", bought.id)
    answer = await bought.commit()
    assert (answer.status, answer.json["code"]) == (409, "draft_changed")
    over_there = await (await purchase(talk)).agree()
    stage.back_office.faults.next(1, Fault.changed(amount="6000.00"), on="draft.get")
    answer = await over_there.commit()
    assert (answer.status, answer.json["code"]) == (409, "draft_changed")
    assert stage.back_office.payments.commits == []


async def test_a_conversation_has_one_draft_under_way(talk: Talk) -> None:
    bought = await purchase(talk)
    refused = await wish(talk)
    assert (refused.status, refused.json["code"], refused.json["draft_id"]) == (
        409,
        "draft_state_conflict",
        bought.id,
    )


# The back end


async def test_another_draft_than_was_asked_for_is_given_up_unseen(stage: Stage, talk: Talk) -> None:
    """T29."""
    stage.back_office.faults.next(1, Fault.changed(amount="1.00"), on="draft.create")
    answer = await wish(talk)
    assert (answer.status, answer.json["code"], answer.json["reason"]) == (502, "integration_error", "draft_mismatch")
    assert all(not bubble.buttons() for bubble in talk.customer.chat.received())

    async def given_up() -> bool:
        return [draft.state for draft in stage.back_office.payments.drafts.values()] == ["cancelled"]

    await eventually(given_up)
    letter = "select problem from dead_letters where operation = 'create_draft' and ref_id = $1::uuid"
    draft = await stage.value(
        "select id from transaction_drafts where conversation_id = $1::uuid", talk.conversation_id
    )
    assert await stage.value(letter, draft) == "draft_mismatch"


async def test_a_draft_whose_answer_is_lost_is_found(stage: Stage, talks: list[Talk]) -> None:
    """T43, of a draft."""
    stage.back_office.faults.next(len(talks), Fault.reset(after=True), on="draft.create")
    purchases = []
    for talk in talks:
        answer = await wish(talk)
        assert (answer.status, answer.json["code"]) == (504, "integration_timeout")
        purchases.append(Purchase(talk, answer.json["draft_id"]))
    for bought in purchases:
        await bought.until("awaiting_confirmation")
        await bought.question()
    assert len(stage.back_office.payments.drafts) == len(talks)


@pytest.mark.parametrize("after", [True, False], ids=["done", "not done"])
@pytest.mark.parametrize("kind", ["reset", "error"])
async def test_a_commit_whose_answer_is_lost_is_paid_once(
    stage: Stage, talks: list[Talk], kind: str, after: bool
) -> None:
    """T43: the back end has paid, T44: it never got it. The AI is told that nobody knows, and later the truth."""
    purchases = [await (await purchase(talk)).agree() for talk in talks]
    fault = Fault.reset(after=after) if kind == "reset" else Fault.error(502, after=after)
    stage.back_office.faults.next(len(talks), fault, on="draft.commit")
    for bought in purchases:
        answer = await bought.commit()
        assert (answer.status, answer.json["status"]) == (202, "commit_unknown")
        assert (await wish(bought.talk)).json["code"] == "draft_state_conflict"
    for bought in purchases:
        done = await bought.until("committed")
        truth = await bought.commit()
        assert (truth.status, truth.json["result"]["transaction_id"]) == (200, done["transaction_id"])
    assert len(stage.back_office.payments.commits) == len(talks)
    assert len({request.key for request in stage.back_office.ledger.of("draft.commit")}) == len(talks)


async def test_what_nobody_finds_out_is_a_persons_to_see_to(stage: Stage, talks: list[Talk]) -> None:
    """T45: never failed by itself; done again from the dead letters, it is paid once."""
    office = stage.back_office
    purchases = [await (await purchase(talk)).agree() for talk in talks]
    office.faults.always(Fault.error(500), on="draft")
    for bought in purchases:
        assert (await bought.commit()).status in (502, 504)
    office.faults.clear()
    office.faults.always(Fault.error(500), on="draft.commit")
    for bought in purchases:
        assert (await bought.commit()).status == 202
    for bought in purchases:
        await bought.until("manual_review", patience=40.0)
    assert office.payments.commits == []
    office.faults.clear()
    root = await stage.login("root@example.com")
    letters = (await root.get("dead-letters?operation=commit_draft"))["data"]
    assert {letter["ref_id"] for letter in letters} == {bought.id for bought in purchases}
    for letter in letters:
        assert (await root.request("POST", f"/api/v1/dead-letters/{letter['id']}/redrive")).status == 202
    for bought in purchases:
        await bought.until("committed", patience=40.0)
    assert len(office.payments.commits) == len(talks)


async def test_a_refusal_of_the_back_end_is_final(stage: Stage, talk: Talk) -> None:
    bought = await (await purchase(talk)).agree()
    stage.back_office.faults.next(1, Fault.error(422), on="draft.commit")
    assert (await bought.commit()).json["code"] == "integration_error"
    assert (await bought.seen())["state"] == "failed"
    conflict = await bought.commit()
    assert (conflict.json["code"], conflict.json["current_state"]) == ("draft_state_conflict", "failed")
    assert (await purchase(talk)).id != bought.id


# The Chat App


async def test_in_the_chat_app_a_press_of_the_button_is_a_consent_too(stage: Stage) -> None:
    company = await Company.of(stage)
    shop = await BackEnd.of(stage)
    device = await shop.device(name="Chat Customer 27")
    await device.say("I want two chairs")
    conversation = await company.agent.conversation_of("Chat Customer 27")
    talk = await company.join(Talk(stage, company.agent, stage.customer(), conversation["id"], key=company.key))
    bought = await purchase(talk)

    async def question() -> Json | None:
        asked = [m for m in await device.inbox() if m["content"]["metadata"].get("interactive")]
        return asked[-1] if asked else None

    offered: Json | None = await eventually(question)
    assert offered is not None
    assert offered["sender"]["type"] == "system"
    confirm = offered["content"]["metadata"]["interactive"]["action"]["buttons"][0]["reply"]
    await device.say(confirm["title"], button_id=confirm["id"])
    await bought.until("confirmed")
    assert stage.back_office.payments.drafts.popitem()[1].customer_id == device.customer_id
    await shop.leave()
