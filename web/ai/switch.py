"""The tools in the hands of administrators: each can be switched off, for every AI agent at once."""

from collections.abc import Mapping
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.ai.subject import Switch, Switches
from hub.ai.tool import Tool
from hub.errors import AuditUnavailable, UnknownTool
from hub.rights import Permission
from web import answers
from web.principal import principal
from web.routes import Route, Section


@frozen
class SwitchedOff:
    """Who switched a tool off."""

    id: UUID
    name: str


@frozen
class ToolSwitchSeen:
    """A tool, and whether it may be used at all; `configured` is false while its back end is not."""

    name: str
    title: str
    enabled: bool
    configured: bool
    disabled_by: SwitchedOff | None


@frozen
class ToolSwitchesSeen:
    """All tools, in the order of their names."""

    data: tuple[ToolSwitchSeen, ...]
    next_cursor: str | None


@frozen
class SwitchDoors:
    """The doors of switches. A call looks every time, so what is switched here holds at once on every replica; calls
    that have begun are carried out. `tools` are all there are, `configured` those that can be called."""

    switches: Switches
    tools: Mapping[str, Tool]
    configured: Mapping[str, Tool]

    async def index(self, _request: web.Request) -> web.Response:
        """All tools."""
        off = await self.switches.off()
        return answers.json(ToolSwitchesSeen(tuple(self._seen(tool, off) for tool in self.tools.values()), None))

    async def get(self, request: web.Request) -> web.Response:
        """One tool. Raises UnknownTool."""
        return answers.json(self._seen(self._tool(request), await self.switches.off()))

    async def disable(self, request: web.Request) -> web.Response:
        """Switches a tool off for every AI agent. Raises UnknownTool, AuditUnavailable."""
        who, tool = principal(request), self._tool(request)
        await self.switches.switch_off(Switch(tool.name, who.user_id, who.name), who.key)
        return answers.json(self._seen(tool, await self.switches.off()))

    async def enable(self, request: web.Request) -> web.Response:
        """Switches it on again. Raises UnknownTool, AuditUnavailable."""
        tool = self._tool(request)
        await self.switches.switch_on(tool.name, principal(request).key)
        return answers.json(self._seen(tool, await self.switches.off()))

    def _tool(self, request: web.Request) -> Tool:
        tool = self.tools.get(request.match_info["name"])
        if tool is None:
            raise UnknownTool
        return tool

    def _seen(self, tool: Tool, off: Mapping[str, Switch]) -> ToolSwitchSeen:
        by = off.get(tool.name)
        who = SwitchedOff(by.by_id, by.by_name) if by else None
        return ToolSwitchSeen(tool.name, tool.title, by is None, tool.name in self.configured, who)

    def routes(self) -> list[Route]:
        """Everything under `ai/tools`."""
        route, manage = Section("ai agent", "/api/v1/ai/tools").route, Permission.AI_MANAGE
        seen = {"returns": ToolSwitchSeen, "errors": (UnknownTool,)}
        acts = {
            "returns": ToolSwitchSeen,
            "errors": (UnknownTool, AuditUnavailable),
            "idempotent": True,
            "atomic": True,
        }
        return [
            route("GET", "", self.index, "Tools of the AI agent", manage, returns=ToolSwitchesSeen),
            route("GET", "/{name}", self.get, "One of them", manage, **seen),
            route("POST", "/{name}/disable", self.disable, "Switch a tool off", manage, **acts),
            route("POST", "/{name}/enable", self.enable, "Switch a tool on", manage, **acts),
        ]
