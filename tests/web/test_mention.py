"""Finding whom mentions mean."""

import pytest

from hub.errors import Invalid
from hub.ids import uuid7
from hub.mention import MentionType
from hub.rights import Role
from hub.user import UserChange
from storage.viewer import ViewerStore
from tests.web.conftest import People
from web.mention import Directory, MentionNew


async def test_people_and_teams_are_found_with_their_rights_of_now(people: People) -> None:
    ana, ben = await people.add("ana@example.com", name="Ana"), await people.add("ben@example.com", name="Ben")
    support = await people.member("Support", ana.id, ben.id)
    directory = Directory(ViewerStore(people.database), people.teams)
    asked = (MentionNew(MentionType.USER, ana.id), MentionNew(MentionType.TEAM, support))
    one, team = await directory.mentioned((*asked, asked[0]))
    assert (one.mention.name, [reader.user_id for reader in one.people]) == ("Ana", [ana.id])
    assert one.people[0].team_ids == {support}
    assert (team.mention.name, {reader.user_id for reader in team.people}) == ("Support", {ana.id, ben.id})
    await people.users.change(ben.id, None, UserChange(disabled=True))
    (team,) = await directory.mentioned(asked[1:])
    assert [reader.user_id for reader in team.people] == [ana.id]


async def test_who_is_not_there_cannot_be_mentioned(people: People) -> None:
    gone = await people.add("gone@example.com", Role.AGENT, "Gone")
    await people.users.change(gone.id, None, UserChange(disabled=True))
    directory = Directory(ViewerStore(people.database), people.teams)
    wrong = (MentionNew(MentionType.USER, gone.id), MentionNew(MentionType.TEAM, gone.id))
    with pytest.raises(Invalid) as refused:
        await directory.mentioned((*wrong, MentionNew(MentionType.USER, uuid7())))
    assert [error["path"] for error in refused.value.errors] == [f"$.mentions[{n}].id" for n in range(3)]
    assert await directory.mentioned(()) == ()
