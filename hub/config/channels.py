"""The channels customers write on: each a table `[channels.NAME]` with a `type`."""

from attrs import frozen

from hub.config import kinds
from hub.config.secret import Secret
from hub.config.setting import duration, required_text, secret, secret_ring, setting, text, url


@frozen(kw_only=True)
class WhatsAppChannel:
    """A WhatsApp Business number on Meta's Cloud API."""

    type: str = text("whatsapp", "The kind of channel.", choices=("whatsapp",))
    phone_number_id: str = required_text(
        "Meta's id of the number (not the number).", "106540352242922", pattern=r"\d{1,32}", pattern_name="digits"
    )
    waba_id: str = text("", "Meta's id of the WhatsApp Business account; needed for templates.", pattern=r"\d{1,32}")
    access_token: Secret = secret("System user token that sends.", "env:WHATSAPP_TOKEN", shortest=20)
    app_secret: tuple[Secret, ...] = secret_ring("Checks the signature of webhooks.", "env:WHATSAPP_APP_SECRET")
    verify_token: Secret = secret(
        "What Meta repeats when the webhook is set up.", "env:WHATSAPP_VERIFY_TOKEN", shortest=16
    )
    graph_url: str = url("https://graph.facebook.com", "The Graph API.")
    graph_version: str = text(
        "v26.0", "Its version.", pattern=r"v\d{1,3}\.\d{1,2}", pattern_name='a version such as "v26.0"'
    )
    media_hosts: tuple[str, ...] = setting(
        kinds.Texts(kinds.Text(pattern=r"(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?", pattern_name="a host name")),
        "Hosts that attachments may be fetched from with the token; no other address gets it.",
        ["lookaside.fbsbx.com", "*.fbcdn.net", "*.fbsbx.com", "*.whatsapp.net"],
    )
    default_team: str = text("", "Team that new conversations go to when no rule matches.")
    reopen_window: float = duration(
        "7d", "A message this soon after resolving reopens the conversation.", low="0", high="365d"
    )


@frozen(kw_only=True)
class ChatAppChannel:
    """Your own app or web page, over the Chat App API."""

    type: str = text("chat_app", "The kind of channel.", choices=("chat_app",))
    jwt_secret: tuple[Secret, ...] = secret_ring(
        "Checks the customers' tokens (HS256) that your back end signs.", "env:CHAT_APP_JWT_SECRET", generated=True
    )
    allowed_origins: tuple[str, ...] = setting(
        kinds.Texts(
            kinds.Text(pattern=r"\*|https?://[^/\s@]+", pattern_name="an origin such as https://shop.example.com")
        ),
        "Web pages that may open the customer socket.",
        [],
    )
    default_team: str = text("", "Team that new conversations go to when no rule matches.")
    reopen_window: float = duration(
        "7d", "A message this soon after resolving reopens the conversation.", low="0", high="365d"
    )
    token_ttl: float = duration("1h", "Life of the customers' tokens that the hub signs.", low="1s", high="30d")
    messages_per_minute: int = setting(
        kinds.Number(1, 100_000), "Messages one customer may send in a minute; above it 429.", 60
    )


Channel = WhatsAppChannel | ChatAppChannel

CHANNELS: dict[str, type] = {"whatsapp": WhatsAppChannel, "chat_app": ChatAppChannel}
"""The class for each `type`."""
