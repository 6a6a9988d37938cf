"""OAuth2, signatures, drafts and the books of the payment system."""

import asyncio
import base64
import hashlib
import hmac
import time

import pytest
from aiohttp import encode_basic_auth

from hub.demo.back_office import BackOffice
from tests.demo.back_office.conftest import SIGNING, Company, signed


async def test_a_token_is_given_for_client_credentials(company: Company, office: BackOffice) -> None:
    form = {"grant_type": "client_credentials"}
    good = {"Authorization": encode_basic_auth("reader", "reader-secret")}
    bad = {"Authorization": encode_basic_auth("reader", "x")}
    status, answer = await company.call("POST", office.token_url, data=form, headers=good)
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "Bearer", 3600)
    assert answer["scope"] == "payments.read"
    assert (await company.call("POST", office.token_url, data=form, headers=bad))[0] == 401
    body = {"grant_type": "password", "client_id": "reader", "client_secret": "reader-secret"}
    assert (await company.call("POST", office.token_url, data=body))[0] == 400
    greedy = {**form, "client_id": "reader", "client_secret": "reader-secret", "scope": "payments.write"}
    assert (await company.call("POST", office.token_url, data=greedy))[1] == {"error": "invalid_scope"}


async def test_transactions_are_read_with_a_token_that_is_good(company: Company, office: BackOffice) -> None:
    payment = office.payments.record("c-1", "1450.00", status="pending")
    token = await company.token("reader", "reader-secret")
    status, read = await company.read(f"/transactions/{payment.id}", token)
    assert status == 200
    assert {name: read[name] for name in ("id", "status", "amount", "currency", "customer_id")} == {
        "id": payment.id,
        "status": "pending",
        "amount": "1450.00",
        "currency": "USD",
        "customer_id": "c-1",
    }
    assert (await company.read("/transactions/TX-0", token))[0] == 404
    office.tokens.revoke()
    assert (await company.read(f"/transactions/{payment.id}", token))[0] == 401
    office.faults.tokens.expires_in = 0.0
    assert (await company.read(f"/transactions/{payment.id}", await company.token()))[0] == 401


async def test_the_history_is_read_page_by_page(company: Company, office: BackOffice) -> None:
    made = [office.payments.record("c-1", f"{n}.00").id for n in range(1, 6)]
    office.payments.record("c-2", "9.00")
    token, cursor, seen = await company.token(), "", []
    while cursor is not None:
        _, page = await company.read(f"/transactions?customer_id=c-1&limit=2&cursor={cursor}", token)
        seen += [item["id"] for item in page["transactions"]]
        cursor = page["next_cursor"]
    assert seen == made[::-1]
    assert (await company.read("/transactions?customer_id=c-1&cursor=xx", token))[0] == 422


async def test_a_draft_is_made_and_committed_once(company: Company, office: BackOffice) -> None:
    draft = await company.draft("1200.50")
    assert (draft["state"], draft["amount"]) == ("draft", "1200.50")
    path = f"/transactions/drafts/{draft['id']}/commit"
    status, done = await company.write(path, key="commit-1")
    assert (status, done["state"], done["amount"]) == (200, "committed", "1200.50")
    assert await company.write(path, key="commit-1") == (200, done)
    status, refused = await company.write(path, key="commit-2")
    assert (status, refused["error"]["code"]) == (409, "draft_committed")
    assert office.payments.commits == [draft["id"]]
    assert office.payments.all[done["transaction_id"]].amount == "1200.50"
    token = await company.token()
    _, read = await company.read(f"/transactions/drafts/{draft['id']}", token)
    assert (read["state"], read["transaction_id"]) == ("committed", done["transaction_id"])


async def test_many_commits_at_once_make_one_payment(company: Company, office: BackOffice) -> None:
    draft, token = await company.draft(), await company.token()
    path = f"/transactions/drafts/{draft['id']}/commit"
    answers = await asyncio.gather(*(company.write(path, token=token) for _ in range(20)))
    assert sorted(status for status, _ in answers) == [200] + [409] * 19
    assert len(office.payments.all) == 1


async def test_a_draft_can_be_cancelled_until_it_is_committed(company: Company, office: BackOffice) -> None:
    draft, token = await company.draft(), await company.token()
    url, headers = f"{office.payments_url}/transactions/drafts/{draft['id']}", {"Authorization": f"Bearer {token}"}
    for _ in range(2):
        status, ended = await company.call("DELETE", url, headers=headers)
        assert (status, ended["state"]) == (200, "cancelled")
    assert (await company.write(f"/transactions/drafts/{draft['id']}/commit"))[0] == 409
    assert office.payments.commits == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"X_Signature": "v1=" + "0" * 64}, "bad_signature"),
        ({"X_Signature": ""}, "signature_missing"),
        ({"X_Timestamp": "1"}, "signature_expired"),
        ({"Idempotency_Key": "another"}, "bad_signature"),
        ({"Idempotency_Key": ""}, "idempotency_key_missing"),
        ({"Authorization": "Bearer x"}, "invalid_token"),
    ],
)
async def test_what_is_not_signed_right_is_refused(
    company: Company, office: BackOffice, wrong: dict[str, str], code: str
) -> None:
    body = {"customer_id": "c-1", "amount": "1.00", "currency": "USD", "description": "x"}
    _, answer = await company.write("/transactions/drafts", body, **wrong)
    assert answer["error"]["code"] == code
    assert office.payments.drafts == {}


async def test_the_signature_covers_the_body_and_the_path(company: Company, office: BackOffice) -> None:
    made = signed("POST", "/payments/transactions/drafts", b'{"amount":"1.00"}', "k")
    status, answer = await company.write("/transactions/drafts", {"amount": "9000.00"}, **_names(made))
    assert (status, answer["error"]["code"]) == (401, "bad_signature")


async def test_an_old_and_a_new_secret_are_both_good_while_it_is_replaced(company: Company, office: BackOffice) -> None:
    office.credentials.signing_secrets.insert(0, "the next one")
    assert (await company.draft())["state"] == "draft"
    office.credentials.signing_secrets.pop()
    body = {"customer_id": "c-1", "amount": "1.00", "currency": "USD", "description": "x"}
    assert (await company.write("/transactions/drafts", body))[0] == 401


@pytest.mark.parametrize("amount", ["0", "-1.00", "1e3", "NaN", "1,00"])
async def test_an_amount_that_is_none_is_refused(company: Company, amount: str) -> None:
    body = {"customer_id": "c-1", "amount": amount, "currency": "USD", "description": "x"}
    assert (await company.write("/transactions/drafts", body))[0] == 422


async def test_a_reading_client_may_not_write(company: Company) -> None:
    token = await company.token("reader", "reader-secret")
    body = {"customer_id": "c-1", "amount": "1.00", "currency": "USD", "description": "x"}
    assert (await company.write("/transactions/drafts", body, token=token))[0] == 403


@pytest.mark.parametrize("spoil", ["", "body", "method", "covered"])
async def test_message_signatures_are_checked_too(company: Company, office: BackOffice, spoil: str) -> None:
    url = f"{office.payments_url}/transactions/drafts"
    body = b'{"customer_id":"c-1","amount":"5.00","currency":"USD","description":"x"}'
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    names = '"@method" "@target-uri" "content-digest" "idempotency-key"'
    if spoil == "covered":
        names = '"@method" "@target-uri" "content-digest"'
    parameters = f'({names});created={int(time.time())};keyid="hub";nonce="n1";alg="hmac-sha256"'
    values = {"@method": "POST", "@target-uri": url, "content-digest": digest, "idempotency-key": "k9"}
    lines = [f'"{name}": {value}' for name, value in values.items() if f'"{name}"' in names]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    if spoil == "method":
        base = base.replace("POST", "PUT")
    made = base64.b64encode(hmac.digest(SIGNING.encode(), base.encode(), "sha256")).decode()
    headers = {
        "Authorization": f"Bearer {await company.token()}",
        "Content-Digest": digest,
        "Idempotency-Key": "k9",
        "Signature-Input": f"sig1={parameters}",
        "Signature": f"sig1=:{made}:",
    }
    sent = body.replace(b"5.00", b"6.00") if spoil == "body" else body
    status, _ = await company.call("POST", url, data=sent, headers=headers)
    assert status == (401 if spoil else 201)


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in headers.items()}
