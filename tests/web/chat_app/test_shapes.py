import attrs
import pytest

from hub.chat_app.view import message_view
from hub.errors import Invalid
from hub.message import view
from tests.hub.chat_app.test_view import message
from web.chat_app.shapes import ChatContent, ChatMessage, ChatMessageNew, ChatTokenNew
from web.shapes import structure


def test_an_answer_has_the_fields_that_are_described_and_no_others() -> None:
    shown = message_view(view(message(), "chat_app"), 1)
    assert set(shown) == {field.name for field in attrs.fields(ChatMessage)}
    assert set(shown["content"]) == {field.name for field in attrs.fields(ChatContent)}


@pytest.mark.parametrize("id", ["c-1", "a b", "ü", "x" * 128])
def test_an_id_of_the_apps(id: str) -> None:
    assert structure({"customer_id": id}, ChatTokenNew).customer_id == id


@pytest.mark.parametrize("id", ["", " ", "a ", " a", "x" * 129, 7, None])
def test_what_is_no_id(id: object) -> None:
    with pytest.raises(Invalid):
        structure({"customer_id": id}, ChatTokenNew)


def test_a_message_needs_an_id_only() -> None:
    assert structure({"channel_message_id": "m"}, ChatMessageNew).text is None
