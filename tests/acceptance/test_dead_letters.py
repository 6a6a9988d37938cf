"""A payment whose fate nobody can tell becomes a dead letter, is told to those in charge, and is done again: once."""

from typing import Any

from hub.demo.back_office import Fault
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.stage import Stage, eventually

OPTIONS = {
    "ai.reconcile_for": "4s",
    "circuits.open": "1s",
    "circuits.attempts": "1",
    "integrations.transaction_create.commit_timeout": "500ms",
}


async def confirmed(stage: Stage, talk: Talk, amount: str) -> tuple[str, str]:
    """A draft to which the customer has agreed: its id, and the token."""
    draft = {"customer_id": "$customer", "amount": amount, "description": "Rent", "currency": "USD"}
    made = await talk.call("create_transaction_draft", draft)
    assert made.status == 200, made.raw
    draft_id = made.json["result"]["draft_id"]

    async def asked() -> Any:
        return next((bubble for bubble in talk.customer.inbox if bubble.buttons()), None)

    confirm = (await eventually(asked)).buttons()[0]
    await talk.customer.press(confirm["id"], confirm["title"])

    async def token() -> Any:
        looked = await talk.request("GET", f"drafts/{draft_id}")
        return looked.json["confirmation"]["confirmation_token"]

    return draft_id, await eventually(token)


async def test_what_cannot_be_found_out_is_seen_to_by_a_person_and_paid_once(stage: Stage) -> None:
    office, company = stage.back_office, await Company.of(stage)
    talk = await company.talk()
    draft_id, token = await confirmed(stage, talk, "120.00")
    stage.planted.append(token)
    office.faults.next(1, Fault.hang(0), on="draft.get")  # the look before the commit
    office.faults.next(1, Fault.reset(after=True), on="draft.commit")
    office.faults.always(Fault.error(503), on="draft")
    answer = await talk.call("commit_transaction", {"draft_id": draft_id, "confirmation_token": token})
    assert (answer.status, answer.json["status"]) == (202, "commit_unknown")
    assert len(office.payments.commits) == 1

    async def given_up() -> Any:
        return (await company.root.get("dead-letters?state=dead"))["data"]

    (letter,) = await eventually(given_up, 40.0)
    assert (letter["integration"], letter["operation"]) == ("transaction_create", "commit_draft")
    assert (letter["kind"], letter["ref_id"], letter["redrivable"]) == ("review", draft_id, True)
    assert letter["idempotency_key"] in {request.key for request in office.ledger.of("draft.commit")}
    assert talk.customer.number not in str(letter)

    async def told() -> bool:
        posted = any("looked into by a person" in post["text"] for post in office.slack.posts)
        return posted and any(mail.message["Importance"] == "high" for mail in office.mail.letters)

    await eventually(told)

    office.faults.clear()

    async def redriven() -> bool:
        seen = await company.root.get(f"dead-letters/{letter['id']}")
        if seen["state"] == "dead":  # the circuit is still open: whoever asked has to ask again
            await company.root.request("POST", f"/api/v1/dead-letters/{letter['id']}/redrive")
        return bool(seen["state"] == "redriven")

    await eventually(redriven, 40.0)
    ended = (await talk.request("GET", f"drafts/{draft_id}")).json
    assert ended["state"] == "committed"
    assert office.payments.commits == [next(iter(office.payments.drafts))]
    assert len({request.key for request in office.ledger.of("draft.commit")}) == 1

    async def counted() -> bool:
        return await stage.metric('hub_dlq_entries_added_total{queue="transaction_create"}') == 1

    await eventually(counted)


async def test_a_read_that_failed_is_seen_and_not_done_again(stage: Stage) -> None:
    company = await Company.of(stage)
    talk = await company.talk()
    stage.back_office.faults.next(1, Fault.echo(), on="ticketing")
    assert (await talk.search()).status == 502

    (letter,) = (await company.root.get("dead-letters?kind=read"))["data"]
    assert (letter["operation"], letter["problem"], letter["redrivable"]) == (
        "search_tickets",
        "integration_error",
        False,
    )
    assert (letter["conversation_id"], letter["provider_status"]) == (talk.conversation_id, 500)
    refused = await company.root.request("POST", f"/api/v1/dead-letters/{letter['id']}/redrive")
    assert (refused.status, refused.json["code"]) == (409, "invalid_transition")
    assert stage.back_office.credentials.api_key not in str(letter)
