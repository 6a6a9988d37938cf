"""Notices into a Slack channel."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import orjson
import pytest

from hub.demo.back_office import BackOffice, Credentials, Fault
from hub.notice import Carried, Notice, NoticeChannel, Receipt
from hub.webhook.retry import Answer
from web import outgoing_guard
from web.notice_slack import SlackCarrier, body, receipt
from web.webhook_sender import WebhookSender

NOTICE = Notice(
    id=UUID(int=7), alert_id=UUID(int=1), channel=NoticeChannel.SLACK, user_id=None, email=None,
    title="<!channel> & more", text="See <https://evil.example|here>", critical=False, attempts=0,
    created_at=datetime(2026, 1, 5, 12, tzinfo=UTC),
)  # fmt: skip


async def test_a_post_arrives_and_a_fault_is_tried_again() -> None:
    office = BackOffice(Credentials("k", {}, "", [], "whsec_eA=="))
    await office.start()
    async with outgoing_guard.session(guarded=False) as session:
        carrier = SlackCarrier(WebhookSender(session, 2.0, lambda: datetime.now(UTC)), office.slack_url)
        assert await carrier.carry(NOTICE) == Receipt(Carried.SENT)
        office.faults.next(1, Fault.error(429, retry_after=30), on="slack")
        assert await carrier.carry(NOTICE) == Receipt(Carried.RETRY, "http_429", timedelta(seconds=30))
        wrong = attrs.evolve(carrier, url=f"{office.base_url}/slack/services/revoked")
        assert await wrong.carry(NOTICE) == Receipt(Carried.DEAD, "http_404")
        await office.stop()
        assert (await carrier.carry(NOTICE)).carried is Carried.RETRY
    assert [post["text"] for post in office.slack.posts] == ["&lt;!channel&gt; &amp; more"]


def test_nothing_in_it_is_markup_of_slacks() -> None:
    said: Any = orjson.loads(body(NOTICE))
    assert "<" not in said["blocks"][0]["text"]["text"]
    assert ":rotating_light:" in orjson.loads(body(attrs.evolve(NOTICE, critical=True)))["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    ("status", "carried"), [(200, Carried.SENT), (302, Carried.RETRY), (403, Carried.DEAD), (500, Carried.RETRY)]
)
def test_what_an_answer_means(status: int, carried: Carried) -> None:
    assert receipt(Answer(status, None, 0.1)).carried is carried


def test_the_address_is_a_secret() -> None:
    assert "secret" not in repr(SlackCarrier(None, "https://hooks.example/secret"))  # type: ignore[arg-type]
