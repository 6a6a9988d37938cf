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
    """Whose templates."""

    channel: str = text(most=64)


@frozen
class TemplateSeen:
    """A template; `parameters` is how many blanks its body has."""

    name: str
    language: str
    category: str
    body: str
    parameters: int


@frozen
class TemplatesSeen:
    """All templates of a channel that can be sent now."""

    data: tuple[TemplateSeen, ...]


def seen(template: Template) -> TemplateSeen:
    """A template as the outside sees it."""
    return TemplateSeen(template.name, template.language, template.category, template.body, len(template.blanks))


@frozen
class TemplateDoors:
    """The door of templates. `channels` has each channel's way to ask for them; others have none."""

    channels: Mapping[str, Templates]

    async def index(self, request: web.Request) -> web.Response:
        """The channel's templates. Raises NotFound for a channel that has no templates, Unavailable."""
        ask = self.channels.get(query(request, OfChannel).channel)
        if ask is None:
            raise NotFound("This channel has no templates.")
        return answers.json(TemplatesSeen(tuple(seen(template) for template in await ask())))

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
