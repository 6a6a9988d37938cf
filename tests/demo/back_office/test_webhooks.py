"""The payment system's webhooks, right and wrong ones; the signature is checked by another implementation's rules."""

import orjson
from standardwebhooks import Webhook

from hub.demo.back_office import BackOffice
from hub.demo.back_office.webhooks import Forgery, earlier
from tests.demo.back_office.conftest import Receiver


async def test_a_change_is_told_and_signed(office: BackOffice, receiver: Receiver) -> None:
    payment = office.payments.record("c-1", "10.00", status="pending")
    office.payments.move(payment.id, "completed")
    await office.webhooks.quiet()
    told = orjson.loads(receiver.bodies[0])
    assert (told["type"], told["data"]["id"], told["data"]["status"]) == (
        "transaction.updated",
        payment.id,
        "completed",
    )
    Webhook(office.credentials.webhook_secret).verify(receiver.bodies[0], receiver.headers[0])


async def test_it_is_repeated_until_it_is_taken(office: BackOffice, receiver: Receiver) -> None:
    receiver.answers = [500, 503]
    office.payments.move(office.payments.record("c-1", "10.00").id, "refunded")
    await office.webhooks.quiet()
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1
    assert office.webhooks.posts[0].answers == [500, 503, 200]
    assert office.webhooks.posts[0].accepted


async def test_duplicates_and_silence(office: BackOffice, receiver: Receiver) -> None:
    payment = office.payments.record("c-1", "10.00")
    office.faults.webhooks.duplicates = 2
    office.payments.move(payment.id, "refunded")
    await office.webhooks.quiet()
    assert len(receiver.bodies) == 3
    office.faults.webhooks.muted = True
    office.payments.move(payment.id, "completed")
    await office.webhooks.quiet()
    assert len(receiver.bodies) == 3


async def test_one_is_sent_wrong_on_purpose(office: BackOffice, receiver: Receiver) -> None:
    payment = office.payments.record("c-1", "10.00")
    old = Forgery(age=360, id="msg_1", at=earlier(payment, 60))
    assert await office.webhooks.send(payment, old) == 200
    assert receiver.headers[0]["webhook-id"] == "msg_1"
    assert orjson.loads(receiver.bodies[0])["timestamp"] < payment.view()["updated_at"]
    await office.webhooks.send(payment)
    await office.webhooks.send(payment, Forgery(secret="whsec_Zm9yZ2Vk"))
    assert len({headers["webhook-signature"] for headers in receiver.headers}) == 3
