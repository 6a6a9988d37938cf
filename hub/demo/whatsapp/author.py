"""Everything a customer can write: Meta's page "Messages webhook", type by type.

Each act returns its message id and is on its way to the business as a webhook when it returns; `WhatsAppWorld.quiet`
waits for its delivery.
"""

from collections.abc import Callable
from typing import Any

from hub.demo.whatsapp import composition, files
from hub.demo.whatsapp.chat import Bubble
from hub.demo.whatsapp.clock import DAY
from hub.demo.whatsapp.errors import webhook_error
from hub.demo.whatsapp.phone import Json, Phone

VOICE_TYPE = "audio/ogg; codecs=opus"


class Author(Phone):
    """The writing side of a customer."""

    async def say(
        self, body: str, *, quote: str | None = None, referral: Json | None = None, forwarded: int = 0
    ) -> str:
        """Write a text. `quote` is the message answered; `forwarded` how often this text was forwarded before."""
        return self.write(
            "text", composition.text(body), quote=quote, context=_forwarding(forwarded), extra=_given(referral=referral)
        )

    async def send_image(
        self, content: bytes | None = None, mime_type: str = "image/png", caption: str | None = None
    ) -> str:
        """Send a picture; without `content` one is made up."""
        return self._send_file("image", content or files.picture(), mime_type, caption=caption)

    async def send_video(
        self, content: bytes | None = None, mime_type: str = "video/mp4", caption: str | None = None
    ) -> str:
        """Send a film."""
        return self._send_file("video", content or files.film(), mime_type, caption=caption)

    async def send_audio(self, content: bytes | None = None, mime_type: str = "audio/mpeg") -> str:
        """Send a sound file."""
        return self._send_file("audio", content or files.voice_note(), mime_type, voice=False)

    async def send_voice(self, seconds: float = 2.0) -> str:
        """Record a voice note."""
        return self._send_file("audio", files.voice_note(seconds), VOICE_TYPE, voice=True)

    async def send_document(
        self,
        content: bytes | None = None,
        mime_type: str = "application/pdf",
        filename: str | None = "receipt.pdf",
        caption: str | None = None,
    ) -> str:
        """Send a document; a phone may leave its name out (`filename=None`)."""
        return self._send_file("document", content or files.paper(), mime_type, filename=filename, caption=caption)

    async def send_sticker(self, content: bytes | None = None, *, animated: bool = False) -> str:
        """Send a sticker."""
        return self._send_file("sticker", content or files.STICKER, "image/webp", animated=animated)

    async def send_location(
        self, latitude: float, longitude: float, name: str | None = None, address: str | None = None
    ) -> str:
        """Send a place."""
        return self.write("location", composition.location(latitude, longitude, name, address))

    async def send_contacts(self, cards: list[tuple[str, str]], *, requested: bool = False) -> str:
        """Send contact cards, (name, phone) each; `requested`: as the answer to a request for the own number."""
        contacts = [composition.contact(name, phone) for name, phone in cards]
        extra = {"origin": "contact_request"} if requested else {}
        if requested:
            self.identity.phone_contact_at = self._world.clock.now()
        return self.write("contacts", contacts, extra=extra)

    async def send_order(
        self, items: list[tuple[str, int, float]], currency: str = "BRL", note: str | None = None
    ) -> str:
        """Send a basket of (product, quantity, price)."""
        return self.write("order", composition.order("1122334455", items, currency, note))

    async def send_broken_media(self, kind: str = "video") -> str:
        """Send a file too large for WhatsApp: the business gets error 131052 instead of an id."""
        return self.write(kind, {}, extra={"errors": [webhook_error(131052, "The file is larger than 100 MB.")]})

    # Answering

    async def press(self, button_id: str, title: str, *, of: str | None = None) -> str:
        """Press a reply button; `of` is the message with the buttons, by default the last one that has any."""
        source = of or self._last_with(lambda bubble: bool(bubble.buttons()))
        return self.write("interactive", composition.button_reply(button_id, title), quote=source)

    async def press_template(self, payload: str, text: str, *, of: str | None = None) -> str:
        """Press a quick reply of a template."""
        source = of or self._last_with(lambda bubble: bubble.type == "template")
        return self.write("button", {"payload": payload, "text": text}, quote=source)

    async def choose(self, row_id: str, title: str, description: str | None = None, *, of: str | None = None) -> str:
        """Choose a row of a list."""
        source = of or self._last_with(lambda bubble: bool(bubble.rows()))
        return self.write("interactive", composition.list_reply(row_id, title, description), quote=source)

    async def fill_form(self, answers: Json, *, of: str | None = None) -> str:
        """Complete a form (flow)."""
        return self.write("interactive", composition.form_reply(answers), quote=of)

    async def allow_calls(self, *, allow: bool = True) -> str:
        """Answer a request to be called."""
        expires_at = self._world.clock.now() + 7 * DAY if allow else None
        return self.write("interactive", composition.call_permission("accept" if allow else "reject", expires_at))

    async def reply(self, to: str, body: str) -> str:
        """Answer one message, quoting it."""
        return await self.say(body, quote=to)

    async def react(self, wamid: str, emoji: str) -> str:
        """Put an emoji on a message."""
        return self._react(wamid, {"message_id": wamid, "emoji": emoji})

    async def unreact(self, wamid: str, *, leave_key_out: bool = False) -> str:
        """Take it back. Meta says so with an empty emoji or without the key; both occur."""
        return self._react(wamid, {"message_id": wamid} if leave_key_out else {"message_id": wamid, "emoji": ""})

    async def edit(self, wamid: str, body: str) -> str:
        """Correct an own text (numbers that also use the phone app are told so)."""
        if bubble := self.chat.find(wamid):
            bubble.content, bubble.text = composition.text(body), body
        message = {"type": "text", "text": composition.text(body)}
        return self.notify("edit", {"original_message_id": wamid, "message": message})

    async def delete(self, wamid: str) -> str:
        """Delete an own message for everyone."""
        if bubble := self.chat.find(wamid):
            bubble.deleted = True
        return self.notify("revoke", {"original_message_id": wamid})

    # Types without a form of their own

    async def request_welcome(self) -> str:
        """Open the chat for the first time."""
        self.open_window()
        return self.notify("request_welcome", None)

    async def unsupported(self, kind: str | None = "poll") -> str:
        """Send something that the API does not carry: a poll, a view-once photo."""
        extra: Json = {"errors": [webhook_error(131051, "Message type is currently not supported.")]}
        self.open_window()
        return self.notify("unsupported", {"type": kind} if kind else None, extra=extra)

    async def invent(self, kind: str, content: Any) -> str:
        """Send a message of a type that does not exist yet."""
        return self.write(kind, content)

    async def send_to_group(self, group_id: str, body: str) -> str:
        """Write in a group that the business is in."""
        return self.notify("text", composition.text(body), extra={"group_id": group_id})

    def _send_file(self, kind: str, content: bytes, mime_type: str, **facts: Any) -> str:
        file = self._media.receive(content, mime_type, facts.get("filename"))
        said = self._media.announcement(file, with_url=self._world.habits.announce_media_url)
        return self.write(kind, {**said, **_given(**facts)})

    def _react(self, wamid: str, content: Json) -> str:
        bubble = self.chat.find(wamid)
        if bubble is not None:
            bubble.reactions = {"customer": content["emoji"]} if content.get("emoji") else {}
            self._changed()
        return self.notify("reaction", content)

    def _last_with(self, fits: Callable[[Bubble], bool]) -> str | None:
        return next((bubble.wamid for bubble in reversed(self.chat.bubbles) if fits(bubble)), None)


def _given(**facts: Any) -> Json:
    return {key: value for key, value in facts.items() if value is not None}


def _forwarding(times: int) -> Json | None:
    if times == 0:
        return None
    return {"forwarded": True} if times <= 5 else {"frequently_forwarded": True}
