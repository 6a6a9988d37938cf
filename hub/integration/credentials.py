"""What the configuration gives the hub to prove itself with: per circuit, and where tokens come from."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from attrs import frozen

from hub.config.integrations import Integrations, Ticketing, TransactionCreate, TransactionStatus
from hub.integration.call import Integration
from hub.integration.oauth import Client, read_token
from hub.integration.operation import Operation, Request
from hub.integration.proof import Proof
from hub.integration.signature import Signer


@frozen
class Issuer:
    """Where a token comes from: the circuit of the issuer, and what is asked of it."""

    circuit: str
    request: Request


def issuers(given: Integrations) -> dict[str, Issuer]:
    """By integration, where its tokens come from. Integrations of one issuer share its circuit, not their tokens."""
    return {name: _issuer(settings) for name, settings in _with_tokens(given)}


def proofs(given: Integrations) -> Mapping[str, Proof]:
    """By circuit, how its calls are proved. That of an issuer holds every secret which is sent there."""
    found: dict[str, Proof] = {}
    if given.ticketing is not None:
        found[Integration.TICKETING] = _api_key(given.ticketing)
    for name, settings in _with_tokens(given):
        secret = settings.client_secret.reveal()
        found[name] = Proof(bearer=True, signer=_signer(settings), secrets=(secret, *_signing_keys(settings)))
        issuer = issuer_circuit(settings.token_url)
        found[issuer] = Proof(secrets=(*found.get(issuer, Proof()).secrets, secret))
    return found


def issuer_circuit(token_url: str) -> str:
    """The circuit of the issuer at an address."""
    return f"oauth:{urlsplit(token_url).netloc}"


def _with_tokens(given: Integrations) -> Iterator[tuple[Integration, TransactionStatus | TransactionCreate]]:
    if given.transaction_status is not None:
        yield Integration.TRANSACTION_STATUS, given.transaction_status
    if given.transaction_create is not None:
        yield Integration.TRANSACTION_CREATE, given.transaction_create


def _issuer(settings: TransactionStatus | TransactionCreate) -> Issuer:
    client = Client(
        settings.token_url,
        settings.client_id,
        settings.client_secret.reveal(),
        settings.client_auth,
        settings.scope,
        settings.audience,
        settings.resource,
    )
    circuit = issuer_circuit(settings.token_url)
    timeout = settings.timeout if isinstance(settings, TransactionStatus) else settings.draft_timeout
    return Issuer(
        circuit, Request(Operation(integration=circuit, name="token", timeout=timeout), client.request(), read_token)
    )


def _api_key(settings: Ticketing) -> Proof:
    key = settings.api_key.reveal()
    return Proof({settings.api_key_header: key}, secrets=(key,))


def _signer(settings: TransactionStatus | TransactionCreate) -> Signer | None:
    keys = _signing_keys(settings)
    return Signer(keys[0].encode(), settings.signature) if isinstance(settings, TransactionCreate) and keys else None


def _signing_keys(settings: TransactionStatus | TransactionCreate) -> tuple[str, ...]:
    return tuple(key.reveal() for key in settings.hmac_secret) if isinstance(settings, TransactionCreate) else ()
