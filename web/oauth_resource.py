"""Where programs find out how to come in: RFC 9728, "OAuth 2.0 Protected Resource Metadata".

The hub issues its own tokens (`POST /ai/v1/sessions`, with a key), so no authorization server is named: a client that
has no token yet is to be given one by whoever runs it.
"""

from typing import Any

from aiohttp import web
from attrs import frozen

from hub.ai.session import AiScope
from hub.errors import Forbidden
from web import answers
from web.ai.access import METADATA
from web.mcp_place import McpPlace
from web.routes import Route, Section


@frozen
class ResourceSeen:
    """What is protected, and how a token is shown to it."""

    resource: str
    resource_name: str
    resource_documentation: str
    scopes_supported: tuple[str, ...]
    bearer_methods_supported: tuple[str, ...]


@frozen
class OauthResourceDoors:
    """The document, for the hub as a whole and for each address below it that takes an AI agent's token."""

    place: McpPlace
    resources: tuple[str, ...]
    """Their paths; the empty one is the hub as a whole."""

    def _shown(self, path: str) -> Any:
        async def show(request: web.Request) -> web.Response:
            """What is protected here. Raises Forbidden when the hub is called by a name that is not its own."""
            self.place.check(request)
            origin = self.place.origin(request)
            scopes = tuple(scope.value for scope in AiScope)
            return answers.json(ResourceSeen(origin + path, "Conversation hub", f"{origin}/docs", scopes, ("header",)))

        return show

    def routes(self) -> list[Route]:
        """One per resource: its path stands behind the well-known one (§3.1)."""
        route = Section("ai agent", METADATA).route
        return [
            route("GET", path, self._shown(path), "How to come in", returns=ResourceSeen, errors=(Forbidden,))
            for path in self.resources
        ]
