"""The Graph side: what Meta's servers answer to the business.

Every path takes any version prefix (`/v26.0/…`). Source: Meta's reference of the Cloud API.

POST   /{phone}/messages          send, mark read, show typing
POST   /{phone}/media             upload; GET/DELETE /{media}, and the file itself under /lookaside/…
GET    /{phone}, /{waba}, /{waba}/phone_numbers, /{waba}/message_templates, /{template}
POST   /{app}/subscriptions, /{waba}/subscribed_apps, /{phone} with webhook_configuration: set the webhook
GET    /oauth/access_token        an app's own token
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web
from attrs import define

from hub.demo.whatsapp.acceptance import Acceptance
from hub.demo.whatsapp.customers import Customers
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.fault_answers import Answer, spoiled
from hub.demo.whatsapp.faults import Fault, FaultKind
from hub.demo.whatsapp.ledger import Attempt
from hub.demo.whatsapp.media import CDN_PATH, MediaStore
from hub.demo.whatsapp.surroundings import Surroundings
from hub.demo.whatsapp.templates import Templates
from hub.demo.whatsapp.webhooks import Webhooks

VERSION = r"/{version:v\d+\.\d+}"
STATUS_FIRST_PATIENCE = 5.0
"""Seconds that a send waits for its own early status webhook to be answered."""

Json = dict[str, Any]
Act = Callable[[Fault | None], Awaitable[Answer]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@define
class Credentials:
    """What the business authenticates with. The token may be changed while the world runs."""

    access_token: str


class Graph:
    """The handlers. `add_routes` puts them on an application."""

    def __init__(
        self,
        world: Surroundings,
        credentials: Credentials,
        acceptance: Acceptance,
        customers: Customers,
        media: MediaStore,
        templates: Templates,
        webhooks: Webhooks,
    ) -> None:
        self._world, self._credentials, self._acceptance = world, credentials, acceptance
        self._customers, self._media, self._templates, self._webhooks = customers, media, templates, webhooks

    def add_routes(self, app: web.Application) -> None:
        """Every path of this module."""
        routes: list[tuple[str, str, Handler]] = [
            ("GET", "/oauth/access_token", self._app_token),
            ("POST", "/{node}/messages", self._messages),
            ("POST", "/{node}/media", self._upload),
            ("POST", "/{node}/subscriptions", self._subscribe),
            ("POST", "/{node}/subscribed_apps", self._subscribe),
            ("GET", "/{node}/subscribed_apps", self._subscribed_apps),
            ("GET", "/{node}/message_templates", self._list_templates),
            ("GET", "/{node}/phone_numbers", self._phone_numbers),
            ("GET", "/{node}", self._look_up),
            ("POST", "/{node}", self._configure),
            ("DELETE", "/{node}", self._delete),
        ]
        for method, path, handler in routes:
            app.router.add_route(method, VERSION + path, self._guarded(handler))
        app.router.add_get(CDN_PATH, self._guarded(self._download))

    def _guarded(self, handler: Handler) -> Handler:
        """A handler whose refusals are answered in Graph's shape, and which needs the token."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                self._authorise(request)
                return await handler(request)
            except GraphError as refusal:
                return self._refuse(refusal)

        return guarded

    def _refuse(self, refusal: GraphError) -> web.Response:
        headers = {"x-fb-request-id": self._world.ids.token(11)}
        if refusal.http == 401:
            headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "(#{refusal.code})"'
        if refusal.retry_after is not None:
            headers["Retry-After"] = str(int(refusal.retry_after) or 1)
        body = orjson.dumps(refusal.body(self._world.ids.token()))
        headers["Content-Type"] = "application/json; charset=UTF-8"
        return web.Response(status=refusal.http, body=body, headers=headers)

    def _authorise(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        token = given if scheme.lower() == "bearer" else request.query.get("access_token", "")
        if request.path.endswith("/oauth/access_token"):
            return
        if self._world.faults.token_revoked or token != self._credentials.access_token:
            raise GraphError(190, "The access token could not be decrypted or has been invalidated.", subcode=460)

    async def _under_fault(self, request: web.Request, operation: str, to: str | None, act: Act) -> web.StreamResponse:
        fault = self._world.faults.take(operation, to)
        if fault is not None and not fault.commits:
            return await spoiled(request, fault, Answer(b""))
        answer = await act(fault)
        return answer.response() if fault is None else await spoiled(request, fault, answer)

    # Messages

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        self._require_phone(request)
        body = await _json_body(request)
        fault = self._world.faults.take("messages", self._acceptance.recipient(body))
        outcome = f"fault:{fault.kind}" if fault else "accepted"
        try:
            if fault is not None and not fault.commits:
                return await spoiled(request, fault, Answer(b""))
            answer = await self._act(body, fault)
        except GraphError as refusal:
            outcome = f"fault:{fault.kind}" if fault else str(refusal.code)
            raise
        finally:
            self._world.ledger.attempts.append(Attempt(self._world.clock.now(), body, outcome))
        return answer.response() if fault is None else await spoiled(request, fault, answer)

    async def _act(self, body: Json, fault: Fault | None) -> Answer:
        if body.get("status") == "read":
            return self._mark_read(body)
        kind = fault.kind if fault else None
        accepted = self._acceptance.accept(
            body,
            failure=fault.code if fault and kind is FaultKind.FAILS_LATER else None,
            announce=kind is FaultKind.STATUS_FIRST,
        )
        if accepted.announced is not None:
            async with asyncio.timeout(STATUS_FIRST_PATIENCE):
                await accepted.announced.settled.wait()
        return Answer(orjson.dumps(accepted.answer))

    def _mark_read(self, body: Json) -> Answer:
        wamid = str(body.get("message_id"))
        customer = next((someone for someone in self._customers if someone.wrote(wamid)), None)
        if customer is None:
            raise GraphError(131009, "Message ID is invalid.")
        self._world.ledger.reads.append(wamid)
        customer.seen_by_business(wamid)
        if body.get("typing_indicator"):
            self._world.ledger.typings.append(wamid)
            self._world.feed.publish("typing", customer.number)
        return Answer(b'{"success":true}')

    # Files

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        self._require_phone(request)
        form = await request.post()
        if form.get("messaging_product") != "whatsapp":
            raise GraphError(100, "(#100) The parameter messaging_product is required.")
        part = form.get("file")
        if not isinstance(part, web.FileField):
            raise GraphError(100, "(#100) The parameter file is required.")
        content, filename = part.file.read(), part.filename
        mime_type = str(form.get("type") or part.content_type)

        async def act(_: Fault | None) -> Answer:
            return Answer(orjson.dumps({"id": self._media.upload(content, mime_type, filename).id}))

        return await self._under_fault(request, "upload", None, act)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        async def act(_: Fault | None) -> Answer:
            file = self._media.follow(request.query.get("mid", ""), request.query.get("hash", ""))
            if file is None:
                raise GraphError(100, "The link has expired.", http=404)
            return Answer(file.content, file.mime_type)

        return await self._under_fault(request, "download", None, act)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        if not self._media.delete(request.match_info["node"]):
            raise _unknown(request)
        return web.json_response({"success": True})

    # The account

    async def _look_up(self, request: web.Request) -> web.StreamResponse:
        node, account = request.match_info["node"], self._world.account
        if node == account.phone_number_id:
            return web.json_response(self._phone())
        if node == account.waba_id:
            return web.json_response({"id": node, "name": account.verified_name, "currency": "BRL"})
        if template := next((one for one in self._templates.all() if one.id == node), None):
            return web.json_response(template.listing())

        async def act(_: Fault | None) -> Answer:
            file = self._media.get(node)
            if file is None:
                raise _unknown(request)
            return Answer(orjson.dumps(self._media.description(file)))

        return await self._under_fault(request, "media", None, act)

    def _phone(self) -> Json:
        account = self._world.account
        return {
            "id": account.phone_number_id,
            "display_phone_number": f"+{account.display_phone_number}",
            "verified_name": account.verified_name,
            "code_verification_status": "VERIFIED",
            "quality_rating": "GREEN",
            "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
            "webhook_configuration": {"application": self._webhooks.subscription.url},
        }

    async def _phone_numbers(self, request: web.Request) -> web.StreamResponse:
        self._require_waba(request)
        return web.json_response({"data": [self._phone()]})

    async def _list_templates(self, request: web.Request) -> web.StreamResponse:
        self._require_waba(request)

        async def act(_: Fault | None) -> Answer:
            return Answer(orjson.dumps(self._template_page(request)))

        return await self._under_fault(request, "templates", None, act)

    def _template_page(self, request: web.Request) -> Json:
        wanted = request.query.get("name")
        listed = [one.listing() for one in self._templates.all() if wanted in (None, one.name)]
        start = int(request.query.get("after") or 0)
        end = start + int(request.query.get("limit") or 25)
        page: Json = {"data": listed[start:end]}
        if end < len(listed):
            page["paging"] = {"cursors": {"before": str(start), "after": str(end)}}
            page["paging"]["next"] = str(request.url.update_query(after=str(end)))
        return page

    # The webhook

    async def _app_token(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("client_secret") != self._webhooks.subscription.app_secret:
            raise GraphError(1, "Error validating client secret.")
        return web.json_response({"access_token": self._credentials.access_token, "token_type": "bearer"})

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        wish: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            wish |= await _json_body(request)
        elif request.can_read_body:
            wish |= dict(await request.post())
        return await self._set_webhook(wish)

    async def _configure(self, request: web.Request) -> web.StreamResponse:
        self._require_phone(request)
        return await self._set_webhook((await _json_body(request)).get("webhook_configuration") or {})

    async def _set_webhook(self, wish: Json) -> web.StreamResponse:
        url = wish.get("callback_url") or wish.get("override_callback_uri")
        if not url:
            raise GraphError(100, "(#100) The parameter callback_url is required.")
        await self._webhooks.subscribe(str(url), str(wish.get("verify_token", "")))
        return web.json_response({"success": True})

    async def _subscribed_apps(self, request: web.Request) -> web.StreamResponse:
        self._require_waba(request)
        subscription = self._webhooks.subscription
        app: Json = {"whatsapp_business_api_data": {"id": "67084829", "name": "Hub"}}
        app |= {"override_callback_uri": subscription.url}
        return web.json_response({"data": [app] if subscription.verified else []})

    def _require_phone(self, request: web.Request) -> None:
        if request.match_info["node"] != self._world.account.phone_number_id:
            raise _unknown(request)

    def _require_waba(self, request: web.Request) -> None:
        if request.match_info["node"] != self._world.account.waba_id:
            raise _unknown(request)


def _unknown(request: web.Request) -> GraphError:
    node = request.match_info["node"]
    details = f"Object with ID '{node}' does not exist, cannot be loaded, or does not support this operation."
    return GraphError(100, f"Unsupported {request.method.lower()} request. {details}", subcode=33)


async def _json_body(request: web.Request) -> Json:
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        raise GraphError(100, "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise GraphError(100, "The request body must be a JSON object.")
    return body
