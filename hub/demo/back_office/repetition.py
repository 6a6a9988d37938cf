"""What was done under a key is not done again: the first answer is given again."""

import hashlib

from aiohttp import web
from attrs import define, field

from hub.demo.back_office.refusal import Refusal

KEPT = 10_000
"""Keys kept; beyond it the oldest is forgotten, and its request would be carried out anew."""


@define
class Repetition:
    """The answers that were given, by operation and key. Only what took effect is kept."""

    _answers: dict[tuple[str, str], tuple[bytes, int, bytes]] = field(factory=dict)

    def earlier(self, scope: str, key: str, body: bytes) -> web.Response | None:
        """The answer that was given under this key. Raises Refusal 422 when it was for another body."""
        found = self._answers.get((scope, key))
        if found is None:
            return None
        digest, status, answer = found
        if digest != hashlib.sha256(body).digest():
            raise Refusal(422, "idempotency_key_reused")
        headers = {"Idempotent-Replayed": "true"}
        return web.Response(status=status, body=answer, headers=headers, content_type="application/json")

    def keep(self, scope: str, key: str, body: bytes, answer: web.Response) -> None:
        """Remembers what was answered."""
        if len(self._answers) >= KEPT:
            del self._answers[next(iter(self._answers))]
        content = answer.body if isinstance(answer.body, bytes) else b""
        self._answers[(scope, key)] = (hashlib.sha256(body).digest(), answer.status, content)
