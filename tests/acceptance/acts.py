"""Every request that acts, by its operation: how it is made possible, and how often it has been done."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hub.demo.whatsapp import Fault
from tests.acceptance.back_end_acts import BACK_END_ACTS
from tests.acceptance.chat import BackEnd
from tests.acceptance.ground import Act, Ground, named
from tests.acceptance.ports import free_port
from tests.acceptance.process import CHANNEL
from tests.acceptance.stage import eventually

_seconds = itertools.count()


async def user(ground: Ground) -> Act:
    email = f"{uuid4().hex}@example.com"
    body = {"email": email, "name": "New", "role": "agent", "password": "horse staple battery"}
    return Act("users", body, named("users", "email"), (email,))


async def team(ground: Ground) -> Act:
    name = uuid4().hex
    return Act("teams", {"name": name}, named("teams"), (name,))


async def api_key(ground: Ground) -> Act:
    name = uuid4().hex
    return Act("api-keys", {"name": name, "scope": "api"}, named("api_keys"), (name,))


async def tag(ground: Ground) -> Act:
    name = uuid4().hex
    return Act("tags", {"name": name}, named("tags"), (name,))


async def saved_reply(ground: Ground) -> Act:
    name = uuid4().hex[:20]
    return Act("saved-replies", {"shortcut": name, "text": "Hello"}, named("saved_replies", "shortcut"), (name,))


async def view(ground: Ground) -> Act:
    name = uuid4().hex
    return Act("views", {"name": name, "filter": {}}, named("views"), (name,))


async def export(ground: Ground) -> Act:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(_seconds))
    body = {"kind": "messages", "from": begin.isoformat(), "to": "2026-12-01T00:00:00Z"}
    return Act("exports", body, named("exports", "begins_at"), (begin,))


async def room(ground: Ground) -> Act:
    name, ana = uuid4().hex, await ground.stage.value("select id from users where name = 'Ana'")
    return Act("rooms", {"name": name, "member_ids": [str(ana)]}, named("rooms"), (name,))


async def room_message(ground: Ground) -> Act:
    opened = await room(ground)
    room_id, text = await ground.made(opened.path, opened.body), uuid4().hex
    body = {"client_id": str(uuid4()), "text": text}
    return Act(f"rooms/{room_id}/messages", body, named("room_messages", "text"), (text,))


async def webhook(ground: Ground) -> Act:
    name = uuid4().hex
    url = f"http://127.0.0.1:{free_port()}/hook"
    body = {"url": url, "event_types": ["message.received"], "description": name}
    return Act("webhooks", body, named("webhooks", "description"), (name,))


async def secret(ground: Ground) -> Act:
    id = await ground.webhook()
    return Act(f"webhooks/{id}/rotate-secret", None, "select version - 1 from webhooks where id = $1", (id,))


async def trial(ground: Ground) -> Act:
    id = await ground.webhook()
    count = "select count(*) from webhook_deliveries where webhook_id = $1 and seq = 0"
    return Act(f"webhooks/{id}/test", None, count, (id,))


async def delivery(ground: Ground) -> Act:
    id = await ground.webhook()
    delivery_id = await ground.made(f"webhooks/{id}/test")
    count = "select count(*) from webhook_deliveries where webhook_id = $1 and seq = 0 and state = 'pending'"
    return Act(f"webhooks/{id}/deliveries/{delivery_id}/replay", None, count, (id,))


async def deliveries(ground: Ground) -> Act:
    id = await ground.webhook()
    await ground.talk()
    counted = "select count(*) / greatest(count(distinct event_id), 1) from webhook_deliveries where webhook_id = $1"
    await eventually(lambda: ground.stage.value(counted, id))
    return Act(f"webhooks/{id}/replay", {"from_seq": 1}, counted, (id,))


async def note(ground: Ground) -> Act:
    (_, id), text = await ground.talk(), uuid4().hex
    return Act(f"conversations/{id}/notes", {"text": text}, named("notes", "text"), (text,))


async def message(ground: Ground) -> Act:
    (_, id), text = await ground.talk(), uuid4().hex
    body = {"client_id": str(uuid4()), "text": text}
    return Act(f"conversations/{id}/messages", body, named("messages", "text"), (text,))


async def retry(ground: Ground) -> Act:
    _, id = await ground.talk()
    ground.stage.world.faults.next(1, Fault.error(131026))
    said = (await ground.agent.say(id, "Recusada de início"))["message_id"]

    async def failed() -> bool:
        return bool((await ground.agent.message(id, said))["status"] == "failed")

    await eventually(failed)
    return Act(f"messages/{said}/retry", None, "select attempt - 1 from messages where id = $1", (said,))


async def reaction(ground: Ground) -> Act:
    _, id = await ground.talk()
    (written,) = await ground.agent.messages(id)
    count, arguments = await ground.events(id, "message.updated")
    return Act(f"messages/{written['message_id']}/reactions", {"emoji": "👍"}, count, arguments)


async def take(ground: Ground) -> Act:
    _, id = await ground.talk()
    return Act(f"conversations/{id}/take", None, *await ground.events(id, "conversation.assigned"))


async def bulk(ground: Ground) -> Act:
    _, id = await ground.talk()
    body = {"ids": [id], "priority": 2}
    return Act("conversations/bulk", body, *await ground.events(id, "conversation.updated"))


async def beginning(ground: Ground) -> Act:
    ground.stage.world.add_template("retomar", "pt_BR", "Olá! Podemos continuar?")
    number = f"55118{uuid4().int % 10**8:08}"
    body = {"channel": CHANNEL, "address": number, "template": {"name": "retomar", "language": "pt_BR"}}
    count = (
        "select count(*) from conversations c join identities i on i.customer_id = c.customer_id"
        " where i.kind = 'wa_id' and i.value = $1"
    )
    return Act("conversations", body, count, (number,))


async def _owner(ground: Ground, conversation_id: str) -> str:
    return str((await ground.agent.get(f"conversations/{conversation_id}"))["customer"]["id"])


async def customers(ground: Ground) -> Act:
    source, into = [await _owner(ground, (await ground.talk())[1]) for _ in range(2)]
    count = "select count(*) from customers where id = $1 and merged_into_id = $2"
    return Act(f"customers/{source}/merge", {"into": into}, count, (source, into))


async def conversations(ground: Ground) -> Act:
    """Of somebody who writes on WhatsApp and in the app, as the two customers that they seemed to be."""
    name = f"Clarice {uuid4().hex}"
    await (await (await BackEnd.of(ground.stage)).device(name=name)).say("Oi")
    app = (await ground.agent.conversation_of(name))["id"]
    _, whatsapp = await ground.talk()
    owner = {"into": await _owner(ground, whatsapp)}
    merged = await ground.agent.request("POST", f"/api/v1/customers/{await _owner(ground, app)}/merge", owner)
    assert merged.status == 200, merged.raw
    count, arguments = await ground.events(app, "conversation.merged")
    return Act(f"conversations/{app}/merge", {"into": whatsapp}, count, arguments)


async def tool_off(ground: Ground) -> Act:
    tool = "search_tickets"
    await ground.agent.request("POST", f"/api/v1/ai/tools/{tool}/enable")
    return Act(f"ai/tools/{tool}/disable", None, "select count(*) from tools_disabled where tool = $1", (tool,))


async def tool_on(ground: Ground) -> Act:
    tool = "cancel_transaction_draft"
    await ground.agent.request("POST", f"/api/v1/ai/tools/{tool}/disable")
    counted = "select 1 - count(*) from tools_disabled where tool = $1"
    return Act(f"ai/tools/{tool}/enable", None, counted, (tool,))


ACTS: dict[str, Callable[[Ground], Awaitable[Act]]] = {
    "/api/v1/users": user,
    "/api/v1/teams": team,
    "/api/v1/api-keys": api_key,
    "/api/v1/tags": tag,
    "/api/v1/exports": export,
    "/api/v1/saved-replies": saved_reply,
    "/api/v1/views": view,
    "/api/v1/rooms": room,
    "/api/v1/rooms/{id}/messages": room_message,
    "/api/v1/webhooks": webhook,
    "/api/v1/webhooks/{id}/rotate-secret": secret,
    "/api/v1/webhooks/{id}/test": trial,
    "/api/v1/webhooks/{id}/deliveries/{delivery_id}/replay": delivery,
    "/api/v1/webhooks/{id}/replay": deliveries,
    "/api/v1/conversations/{id}/notes": note,
    "/api/v1/conversations/{id}/messages": message,
    "/api/v1/messages/{id}/retry": retry,
    "/api/v1/messages/{id}/reactions": reaction,
    "/api/v1/conversations/{id}/take": take,
    "/api/v1/conversations/bulk": bulk,
    "/api/v1/conversations": beginning,
    "/api/v1/customers/{id}/merge": customers,
    "/api/v1/conversations/{id}/merge": conversations,
    "/api/v1/ai/tools/{name}/disable": tool_off,
    "/api/v1/ai/tools/{name}/enable": tool_on,
    **BACK_END_ACTS,
}
