"""What the back ends ask the hub for, and what they sign with themselves."""

from attrs import define

READ, WRITE = "payments.read", "payments.write"


@define
class Credentials:
    """May be changed while the office runs: a secret is replaced by putting the new one first.

    `clients`: OAuth2 client id → secret. The writing client has both scopes, every other one may only read.
    `webhook_secret` is a Standard Webhooks secret (`whsec_…`).
    """

    api_key: str
    clients: dict[str, str]
    writer: str
    signing_secrets: list[str]
    webhook_secret: str
    slack_path: str = "/slack/services/T0/B0/secret"
    mail_user: str = ""
    mail_password: str = ""

    def scopes(self, client_id: str) -> frozenset[str]:
        """What a client may do."""
        return frozenset({READ, WRITE} if client_id == self.writer else {READ})
