"""Who is at the doors, for which channel, and from which page."""

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from hub.chat_app.inbox import AppCustomer
from hub.config.channels import ChatAppChannel
from hub.config.secret import Secret
from hub.errors import Forbidden, Invalid, Unauthenticated
from web.chat_app.access import Caller, ChatAccess, ChatLine
from web.routes import HEADERS

ORIGIN = "https://shop.example.com"


def access(**origins: tuple[str, ...]) -> ChatAccess:
    lines = {
        name: ChatLine.of(
            name,
            ChatAppChannel(
                jwt_secret=(Secret(f"the secret of the channel {name}, long enough"),), allowed_origins=allowed
            ),
        )
        for name, allowed in origins.items()
    }
    keys: Any = None
    return ChatAccess(lines, keys)


def asking(**headers: str) -> Any:
    return make_mocked_request("GET", "/chat/v1/messages", headers=headers)


def test_the_only_channel_need_not_be_named() -> None:
    one, two = access(app=()), access(app=(), shop=())
    assert one.line(None).name == "app"
    assert two.line("shop").name == "shop"
    for name in (None, "other"):
        with pytest.raises(Invalid):
            two.line(name)


def test_a_token_belongs_to_its_channel() -> None:
    two = access(app=(), shop=())
    token = two.lines["shop"].tokens.issue("c-1", "Bo")
    caller = two.customer(asking(), token)
    assert (caller.customer, caller.name, caller.trusted) == (AppCustomer("shop", "c-1"), "Bo", False)
    assert caller.until is not None
    with pytest.raises(Unauthenticated):
        access(app=()).customer(asking(), token)


def test_a_customer_speaks_for_nobody_else() -> None:
    one = access(app=())
    mine = AppCustomer("app", "c-1")
    for customer_id, channel in ((None, None), ("c-1", None), ("c-1", "app")):
        assert one.named(Caller(mine), customer_id, channel) == mine
    for customer_id, channel in (("c-2", None), (None, "shop")):
        with pytest.raises(Forbidden):
            one.named(Caller(mine), customer_id, channel)
    assert one.named(Caller(), "c-9", None) == AppCustomer("app", "c-9")
    with pytest.raises(Invalid):
        one.named(Caller(), None, None)


@pytest.mark.parametrize(
    ("allowed", "origin", "admitted"),
    [
        ((), None, True),
        ((), ORIGIN, False),
        ((ORIGIN,), ORIGIN, True),
        ((ORIGIN,), ORIGIN.upper(), True),
        ((ORIGIN,), "https://shop.example.com.evil", False),
        ((ORIGIN,), "null", False),
        (("*",), "https://anywhere.example", True),
    ],
)
def test_pages_are_let_in_by_their_origin(allowed: tuple[str, ...], origin: str | None, admitted: bool) -> None:
    one = access(app=allowed)
    request = asking(**({"Origin": origin} if origin else {}))
    token = one.lines["app"].tokens.issue("c-1")
    one.greet(request)
    assert (HEADERS in request) is (admitted and origin is not None)
    if admitted:
        assert one.customer(request, token).customer is not None
    else:
        with pytest.raises(Forbidden):
            one.customer(request, token)


async def test_a_browsers_question_is_answered_for_allowed_pages() -> None:
    one = access(app=(ORIGIN,))
    answer = await one.preflight(asking(Origin=ORIGIN))
    assert (answer.status, answer.headers["Access-Control-Allow-Methods"]) == (204, "GET, POST")
    with pytest.raises(Forbidden):
        await one.preflight(asking(Origin="https://evil.example"))
