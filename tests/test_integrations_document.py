"""What docs/integrations.md shows is true: its settings are taken, and its verification takes what the hub signs."""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hub.config import load
from hub.integration.signature import Signer
from hub.integration.wire import Wire

DOCUMENT = (Path(__file__).parents[1] / "docs/integrations.md").read_text()
SECRET = "a signing secret that is long enough"


def blocks(language: str) -> list[str]:
    """The document's blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", blocks("toml"))
def test_its_settings_are_taken(block: str) -> None:
    environ = dict.fromkeys(re.findall(r"env:(\w+)", block), SECRET)
    environ["PAYMENTS_WEBHOOK_SECRET"] = "whsec_" + "c2VjcmV0" * 6
    config = load(
        block.encode(), environ=environ, read_file=lambda path: SECRET, make_up=lambda path: SECRET
    ).config.integrations
    assert config.ticketing is not None


def test_the_second_one_is_a_profile_of_its_own() -> None:
    environ = {"DESK_TOKEN": SECRET}
    config = load(blocks("toml")[1].encode(), environ=environ, make_up=lambda path: SECRET).config.integrations
    assert config.ticketing is not None
    assert config.ticketing.paths.get == "/issue/{id}"
    assert config.ticketing.fields["subject"] == "title"
    assert config.ticketing.statuses["done"] == "resolved"


def verify(method: str, path: str, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)
    return bool(names["verify"](method, path, headers, body, secret))


def test_what_the_hub_signs_is_taken_and_nothing_else() -> None:
    now, path = int(time.time()), "/api/transactions/drafts"
    wire = Wire("POST", f"https://payments.example.com{path}?x=1", b'{"amount":"5.00"}', {}, "key-1")

    def signed(at: int, key: str = SECRET) -> dict[str, str]:
        return {"Idempotency-Key": "key-1", **Signer(key.encode()).headers(wire, at, "n")}

    assert verify("POST", path, signed(now), wire.body, SECRET)
    assert not verify("POST", path, signed(now), wire.body + b" ", SECRET)
    assert not verify("POST", path + "/1/commit", signed(now), wire.body, SECRET)
    assert not verify("POST", path, {**signed(now), "Idempotency-Key": "key-2"}, wire.body, SECRET)
    assert not verify("POST", path, signed(now, "another"), wire.body, SECRET)
    assert not verify("POST", path, signed(now - 600), wire.body, SECRET)
