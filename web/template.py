"""The templates that may be sent where the window is closed."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from attrs import frozen

from hub.errors import NotFound, Unavailable
from hub.rights import Permission
from hub.whatsapp.template import Template
from web import answers
from web.body import query
from web.fields import text
from web.routes import Route

Templates = Callable[[], Awaitable[tuple[Template, ...]]]
"""How a channel is asked for its templates."""


@frozen
class OfChannel:
    """Whose templates; without a channel, those of all."""

    channel: str | None = text(most=64, default=None)


@frozen
class TemplateSeen:
    """A template; `parameters` is how many blanks its body has."""

    channel: str
    name: str
    language: str
    category: str
    body: str
    parameters: int


@frozen
class TemplatesSeen:
    """All templates that can be sent now, of one channel or of all."""

    data: tuple[TemplateSeen, ...]


def seen(channel: str, template: Template) -> TemplateSeen:
    """A template as the outside sees it."""
    blanks = len(template.blanks)
    return TemplateSeen(channel, template.name, template.language, template.category, template.body, blanks)


@frozen
class TemplateDoors:
    """The door of templates. `channels` has each channel's way to ask for them; others have none."""

    channels: Mapping[str, Templates]

    async def index(self, request: web.Request) -> web.Response:
        """The templates. Raises NotFound for a channel that has none, Unavailable while one that is asked is away."""
        wanted = query(request, OfChannel).channel
        if wanted is not None and wanted not in self.channels:
            raise NotFound("This channel has no templates.")
        asked = {wanted: self.channels[wanted]} if wanted is not None else self.channels
        found = [seen(channel, template) for channel, ask in asked.items() for template in await ask()]
        return answers.json(TemplatesSeen(tuple(found)))

    def routes(self) -> list[Route]:
        """The one route."""
        return [
            Route(
                method="GET",
                path="/api/v1/templates",
                handler=self.index,
                summary="Templates that can be sent",
                permission=Permission.TEMPLATES_READ,
                query=OfChannel,
                returns=TemplatesSeen,
                errors=(NotFound, Unavailable),
                tags=("messages",),
            )
        ]
