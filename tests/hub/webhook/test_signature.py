"""The signature, against the reference library and a verification written from the specification's text alone."""

import base64
import hashlib
import hmac
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from hub.webhook.signature import key_of, secret_of, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_specifications_reference_libraries() -> None:
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [SECRET])
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_secret_signs_the_newest_first() -> None:
    secrets = [secret_of(bytes([n]) * 32) for n in (1, 2)]
    body = "olá".encode()
    signatures = signed_headers("id", 1, body, secrets)["webhook-signature"].split(" ")
    for secret, signature in zip(secrets, signatures, strict=True):
        key = base64.b64decode(secret.split("_")[1])
        digest = hmac.new(key, b"id.1." + body, hashlib.sha256).digest()
        assert signature == "v1," + base64.b64encode(digest).decode()


def test_the_reference_library_takes_either_secret_and_no_other() -> None:
    new, old, other = (secret_of(bytes([n]) * 32) for n in (1, 2, 3))
    body = '{"text":"Olá"}'.encode()
    headers = signed_headers("019b", int(time.time()), body, [new, old])
    for secret in (new, old):
        assert Webhook(secret).verify(body, headers) == {"text": "Olá"}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body + b" ", headers)


@pytest.mark.parametrize("secret", ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64!"])
def test_what_is_no_secret(secret: str) -> None:
    with pytest.raises(ValueError, match=r"whsec_|base64|padding"):
        key_of(secret)


def test_a_secret_holds_its_key() -> None:
    assert key_of(secret_of(b"k" * 32)) == b"k" * 32
