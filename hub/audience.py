"""Which events a person is told of: the same rule for the live stream, for replay and for passing signs."""

from collections.abc import Hashable
from uuid import UUID

from attrs import frozen

from hub.events import Audience
from hub.rights import Role, sees


@frozen
class Viewer:
    """A person at a live stream, with the rights that hold at this moment.

    `token_version` is the one his access token was issued for: another one in the database means signed out.
    """

    user_id: UUID
    name: str
    role: Role
    team_ids: frozenset[UUID] = frozenset()
    token_version: int = 0


def entitled(viewer: Viewer, audience: Audience, *, conversation: bool) -> bool:
    """Whether an event for this audience may be told to the viewer.

    One addressed to a user is for that user alone, and of a conversation only while he sees it. Where no conversation
    is concerned and nobody is named it is for everybody; an event of a conversation without team and assignee is for
    those who see such a conversation. One for members is for those who are it now.
    """
    if audience.user_id is not None and audience.user_id != viewer.user_id:
        return False
    if audience.members:
        return viewer.user_id in audience.members or not viewer.team_ids.isdisjoint(audience.members)
    if audience.user_id is not None and not conversation:
        return True
    if audience.everybody and not conversation:
        return True
    return sees(
        viewer.role, viewer.user_id, viewer.team_ids, team_id=audience.team_id, assignee_id=audience.assignee_id
    )


def alike(viewer: Viewer) -> Hashable:
    """What of a viewer decides `entitled` beside being named: those of whom it is equal may see the same events, except
    the ones addressed to or assigned to one of them."""
    return viewer.role, viewer.team_ids
