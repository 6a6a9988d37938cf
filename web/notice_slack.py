"""Notices into a Slack channel, through an incoming webhook (Slack's page "Sending messages using incoming webhooks").

Slack answers 200 with "ok", 429 with Retry-After, 4xx for a webhook that is wrong or revoked, 5xx in between.
"""

from datetime import timedelta

import orjson
from attrs import field, frozen

from hub.notice import Carried, Notice, Receipt
from hub.webhook.retry import Answer
from web.webhook_sender import WebhookSender


@frozen
class SlackCarrier:
    """Posts to one webhook, whose address is the secret."""

    sender: WebhookSender
    url: str = field(repr=False)

    async def carry(self, notice: Notice) -> Receipt:
        """Tries once."""
        return receipt(await self.sender.send(self.url, {}, body(notice)))


def body(notice: Notice) -> bytes:
    """What is posted: `text` for the notification, the same as a block to be read."""
    mark = ":rotating_light:" if notice.critical else ":warning:"
    said = f"{mark} *{escaped(notice.title)}*\n{escaped(notice.text)}"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": said[:3000]}}
    return orjson.dumps({"text": escaped(notice.title), "blocks": [block]})


def escaped(text: str) -> str:
    """Text that cannot become a link, a mention or markup of Slack's (its page "Formatting text for app surfaces")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def receipt(answer: Answer) -> Receipt:
    """What an answer means. A wrong webhook is given up; everything else may pass."""
    status = answer.status
    if status is None:
        return Receipt(Carried.RETRY, answer.reason)
    if 200 <= status < 300:
        return Receipt(Carried.SENT)
    asked = timedelta(seconds=answer.retry_after or 0.0)
    lasting = 400 <= status < 500 and status not in (408, 425, 429)
    return Receipt(Carried.DEAD if lasting else Carried.RETRY, f"http_{status}", asked)
