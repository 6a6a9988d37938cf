"""The business's account: what an id is, its templates, and where its webhooks go.

GET    /{phone}, /{waba}, /{template}, /{media}, /{waba}/phone_numbers, /{waba}/message_templates
POST   /{app}/subscriptions, /{waba}/subscribed_apps, /{phone} with webhook_configuration: set the webhook
GET    /oauth/access_token        an app's own token
"""

from typing import Any

import orjson
from aiohttp import web

from hub.demo.whatsapp.door import Credentials, Door, Handler, json_body, unknown
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.fault_answers import Answer
from hub.demo.whatsapp.faults import Fault
from hub.demo.whatsapp.media import MediaStore
from hub.demo.whatsapp.surroundings import Surroundings
from hub.demo.whatsapp.templates import Templates
from hub.demo.whatsapp.webhooks import Webhooks

Json = dict[str, Any]


class AccountRoutes:
    """The handlers. `add_to` puts them on an application."""

    def __init__(
        self,
        world: Surroundings,
        door: Door,
        credentials: Credentials,
        media: MediaStore,
        templates: Templates,
        webhooks: Webhooks,
    ) -> None:
        self._world, self._door, self._credentials = world, door, credentials
        self._media, self._templates, self._webhooks = media, templates, webhooks

    def add_to(self, app: web.Application) -> None:
        """Every path of this module."""
        routes: list[tuple[str, str, Handler]] = [
            ("GET", "/oauth/access_token", self._app_token),
            ("POST", "/{node}/subscriptions", self._subscribe),
            ("POST", "/{node}/subscribed_apps", self._subscribe),
            ("GET", "/{node}/subscribed_apps", self._subscribed_apps),
            ("GET", "/{node}/message_templates", self._list_templates),
            ("GET", "/{node}/phone_numbers", self._phone_numbers),
            ("GET", "/{node}", self._look_up),
            ("POST", "/{node}", self._configure),
        ]
        for method, path, handler in routes:
            self._door.add(app, method, path, handler)

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
                raise unknown(request)
            return Answer(orjson.dumps(self._media.description(file)))

        return await self._door.under_fault(request, "media", act)

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
        self._door.require_waba(request)
        return web.json_response({"data": [self._phone()]})

    async def _list_templates(self, request: web.Request) -> web.StreamResponse:
        self._door.require_waba(request)

        async def act(_: Fault | None) -> Answer:
            return Answer(orjson.dumps(self._template_page(request)))

        return await self._door.under_fault(request, "templates", act)

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
            wish |= await json_body(request)
        elif request.can_read_body:
            wish |= dict(await request.post())
        return await self._set_webhook(wish)

    async def _configure(self, request: web.Request) -> web.StreamResponse:
        self._door.require_phone(request)
        return await self._set_webhook((await json_body(request)).get("webhook_configuration") or {})

    async def _set_webhook(self, wish: Json) -> web.StreamResponse:
        url = wish.get("callback_url") or wish.get("override_callback_uri")
        if not url:
            raise GraphError(100, "(#100) The parameter callback_url is required.")
        await self._webhooks.subscribe(str(url), str(wish.get("verify_token", "")))
        return web.json_response({"success": True})

    async def _subscribed_apps(self, request: web.Request) -> web.StreamResponse:
        self._door.require_waba(request)
        subscription = self._webhooks.subscription
        app: Json = {"whatsapp_business_api_data": {"id": "67084829", "name": "Hub"}}
        app |= {"override_callback_uri": subscription.url}
        return web.json_response({"data": [app] if subscription.verified else []})
