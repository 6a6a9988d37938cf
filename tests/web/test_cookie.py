"""The refresh cookie and the header that goes with it."""

from http.cookies import SimpleCookie

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from hub.errors import Forbidden
from web.cookie import MARKER, Cookie, same_site


def sent(cookie: Cookie) -> str:
    response = web.Response()
    cookie.put(response, "token")
    return response.cookies[cookie.name].OutputString()


def test_behind_https_it_insists() -> None:
    text = sent(Cookie(secure=True, life=60))
    assert text.startswith("__Host-hub_refresh=token")
    morsel = SimpleCookie(text)["__Host-hub_refresh"]
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "Strict")
    assert (morsel["path"], morsel["domain"], morsel["max-age"]) == ("/", "", "60")


def test_without_https_it_has_another_name() -> None:
    text = sent(Cookie(secure=False))
    assert text.startswith("hub_refresh=token")
    assert "Secure" not in text


@pytest.mark.parametrize("secure", [True, False])
def test_its_marker_comes_and_goes_with_it_and_scripts_may_read_it(*, secure: bool) -> None:
    cookie, response = Cookie(secure=secure, life=60), web.Response()
    cookie.put(response, "token")
    marker = response.cookies[MARKER]
    assert (marker.value, marker["httponly"], marker["samesite"], bool(marker["secure"])) == ("1", "", "Strict", secure)
    assert (marker["path"], marker["max-age"]) == ("/", "60")
    cookie.clear(response)
    assert {name: morsel.value for name, morsel in response.cookies.items()} == {cookie.name: "", MARKER: ""}


def test_other_sites_cannot_send_the_header() -> None:
    same_site(make_mocked_request("POST", "/", headers={"X-Requested-With": "hub"}))
    for headers in ({}, {"X-Requested-With": "XMLHttpRequest"}):
        with pytest.raises(Forbidden):
            same_site(make_mocked_request("POST", "/", headers=headers))
