"""Mentions as the API takes and shows them, and whom they mean."""

from uuid import UUID

from attrs import frozen

from hub.audience import Viewer
from hub.errors import Invalid
from hub.mention import Mention, Mentioned, MentionType
from hub.ports import Viewers
from hub.rights import Reader
from hub.team import Teams


@frozen
class MentionNew:
    """Somebody to be mentioned."""

    type: MentionType
    id: UUID


@frozen
class MentionSeen:
    """Somebody who was mentioned, with the name of that time."""

    type: MentionType
    id: UUID
    name: str


@frozen
class Directory:
    """Finds whom mentions mean."""

    viewers: Viewers
    teams: Teams

    async def mentioned(self, given: tuple[MentionNew, ...]) -> tuple[Mentioned, ...]:
        """The mentions with the people they mean, each mention once. Raises Invalid where there is no such person, or
        he is disabled, or no such team; Unavailable."""
        asked = tuple(dict.fromkeys(given))
        teams = {m.id: await self.teams.find(m.id) for m in asked if m.type is MentionType.TEAM}
        wanted = {m.id for m in asked if m.type is MentionType.USER}
        wanted.update(user_id for team in teams.values() if team is not None for user_id in team.member_ids)
        people = await self.viewers.current(wanted) if wanted else {}
        found, missing = [], []
        for place, mention in enumerate(given):
            team, person = teams.get(mention.id), people.get(mention.id)
            if mention.type is MentionType.TEAM and team is not None:
                members = tuple(_reader(people[user_id]) for user_id in team.member_ids if user_id in people)
                found.append(Mentioned(Mention(mention.type, mention.id, team.name), members))
            elif mention.type is MentionType.USER and person is not None:
                found.append(Mentioned(Mention(mention.type, mention.id, person.name), (_reader(person),)))
            else:
                missing.append({"path": f"$.mentions[{place}].id", "message": f"is not a {mention.type}"})
        if missing:
            raise Invalid(errors=missing)
        return tuple(dict.fromkeys(found))


def _reader(viewer: Viewer) -> Reader:
    return Reader(viewer.user_id, viewer.role, viewer.team_ids)
