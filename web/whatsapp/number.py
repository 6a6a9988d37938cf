"""One WhatsApp number with everything that speaks for it, made from its section of the configuration."""

import random

import aiohttp
from attrs import frozen

from hub.config import WhatsAppChannel
from hub.config.engine import Outbox, Outgoing
from hub.media import FileStore, OutgoingFiles
from hub.whatsapp.refusals import Retries
from web.whatsapp.carrier import Api, WhatsAppCarrier
from web.whatsapp.media import WhatsAppMedia
from web.whatsapp.templates import Templates
from web.whatsapp.throughput import Throughput
from web.whatsapp.upload import WhatsAppUpload
from web.whatsapp.webhook import Account


@frozen
class Lines:
    """The ways out: `graph` calls the configured Graph address, `outside` is guarded and calls all others."""

    graph: aiohttp.ClientSession
    outside: aiohttp.ClientSession
    rows: OutgoingFiles
    files: FileStore
    settings: Outgoing
    outbox: Outbox


@frozen
class WhatsAppNumber:
    """What a number can do: take webhooks, send, fetch customers' files, tell its templates."""

    account: Account
    carrier: WhatsAppCarrier
    media: WhatsAppMedia
    templates: Templates

    @classmethod
    def of(cls, name: str, given: WhatsAppChannel, lines: Lines) -> "WhatsAppNumber":
        """The number of the channel called `name`."""
        settings = lines.settings
        call = aiohttp.ClientTimeout(total=settings.total, connect=settings.connect, sock_read=settings.read)
        transfer = aiohttp.ClientTimeout(total=settings.media_total, connect=settings.connect, sock_read=settings.read)
        api = Api(
            given.graph_url,
            given.graph_version,
            given.phone_number_id,
            given.access_token.reveal(),
            call,
            settings.response_bytes,
        )
        upload = WhatsAppUpload(api, name, lines.graph, lines.rows, lines.files, transfer)
        limit, sending = settings.media_bytes, lines.outbox
        retries = Retries(sending.attempts, sending.backoff_base, sending.backoff_factor, sending.backoff_cap)
        return cls(
            account=Account(
                name,
                given.phone_number_id,
                given.waba_id,
                tuple(secret.reveal() for secret in given.app_secret),
                given.verify_token.reveal(),
            ),
            carrier=WhatsAppCarrier(api, lines.graph, upload, random.random, Throughput(sending.per_second), retries),
            media=WhatsAppMedia(api, given.media_hosts, lines.graph, lines.outside, limit, transfer),
            templates=Templates(api, given.waba_id, lines.graph),
        )
