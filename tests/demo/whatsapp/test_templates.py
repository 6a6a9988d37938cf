"""Templates: what the registry refuses, and word of their status."""

import pytest

from hub.demo.whatsapp import WhatsAppWorld
from hub.demo.whatsapp.templates import Template
from tests.demo.conftest import Business, Json, Receiver

MARIA = "5511987650043"


def content(*values: str, name: str = "update", language: str = "en_US", header: Json | None = None) -> Json:
    components: list[Json] = [{"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}]
    if header is not None:
        components.insert(0, {"type": "header", "parameters": [header]})
    return {"name": name, "language": {"code": language}, "components": components}


@pytest.fixture
def template(world: WhatsAppWorld) -> Template:
    world.customer(MARIA)
    return world.add_template("update", "en_US", "Hi {{1}}, {{2}}. Bye {{1}}")


async def test_counts_of_parameters(template: Template, business: Business) -> None:
    assert (await business.send(MARIA, "template", content("Maria", "done")))[0] == 200
    for wrong in (content(), content("Maria"), content("a", "b", "c")):
        status, answer = await business.send(MARIA, "template", wrong)
        assert (status, answer["error"]["code"]) == (400, 132000)


async def test_unknown_name_or_language_is_404(template: Template, business: Business) -> None:
    for wrong in (content("a", "b", name="other"), content("a", "b", language="pt_BR")):
        status, answer = await business.send(MARIA, "template", wrong)
        assert (status, answer["error"]["code"]) == (404, 132001)


async def test_media_header(world: WhatsAppWorld, template: Template, business: Business) -> None:
    world.add_template("photo", "en_US", "Look", header="IMAGE")
    image = {"type": "image", "image": {"link": "https://example.com/a.png"}}
    assert (await business.send(MARIA, "template", content(name="photo", header=image)))[0] == 200
    assert (await business.send(MARIA, "template", content(name="photo")))[1]["error"]["code"] == 132000
    text = {"type": "text", "text": "a.png"}
    assert (await business.send(MARIA, "template", content(name="photo", header=text)))[1]["error"]["code"] == 132012


async def test_paused_and_disabled(
    world: WhatsAppWorld, template: Template, business: Business, receiver: Receiver
) -> None:
    world.set_template_status(template, "PAUSED")
    assert (await business.send(MARIA, "template", content("a", "b")))[1]["error"]["code"] == 132015
    world.set_template_status(template, "DISABLED")
    assert (await business.send(MARIA, "template", content("a", "b")))[1]["error"]["code"] == 132016
    await world.quiet()
    events = [value["event"] for value in receiver.values("message_template_status_update")]
    assert sorted(events) == ["DISABLED", "PAUSED"]


async def test_authentication_templates_need_a_phone_number(
    world: WhatsAppWorld, template: Template, business: Business
) -> None:
    maria = world.customer(MARIA)
    world.add_template("code", "en_US", "{{1}} is your code", category="AUTHENTICATION")
    body: Json = {"messaging_product": "whatsapp", "recipient": maria.bsuid, "type": "template"}
    body["template"] = content("1234", name="code")
    status, answer = await business.call("POST", "106540352242922/messages", json=body)
    assert (status, answer["error"]["code"]) == (400, 131062)
