"""Rows of files: taken by one at a time, settled once, told until it is known, shown to those who may see them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hub.ids import uuid7
from hub.media import StoredFile, Upload
from hub.message import MediaState
from hub.rights import Reader, Role
from storage.database import Database
from storage.media import MediaRows

FOUND = StoredFile(5, "ab" * 32, "image/png")


@pytest.fixture
def media(database: Database) -> MediaRows:
    return MediaRows(database)


def upload(who: UUID, key: str | None = None) -> Upload:
    return Upload(uuid7(), who, "image/png", 5, "ab" * 32, "a.png", key)


# Fetching


async def test_a_file_is_taken_by_one_at_a_time(media: MediaRows, scene: Any) -> None:
    id = await scene.file(provider_id="77", url="https://x", sha256="cd" * 32, filename="a.pdf")
    [due] = await media.claim("wa", 5, 60.0)
    assert (due.id, due.provider_id, due.tries, due.state) == (id, "77", 1, MediaState.PENDING)
    assert due.conversation_id == scene.conversation_id
    assert 0 <= due.age < 60
    assert await media.claim("wa", 5, 60.0) == []


async def test_other_channels_files_are_left(media: MediaRows, scene: Any) -> None:
    await scene.file()
    assert await media.claim("other", 5, 60.0) == []


async def test_a_lapsed_lease_lets_the_next_one_try(media: MediaRows, scene: Any) -> None:
    await scene.file()
    await media.claim("wa", 5, 0.0)
    [due] = await media.claim("wa", 5, 60.0)
    assert due.tries == 2


async def test_what_is_renewed_stays_taken(media: MediaRows, scene: Any) -> None:
    id = await scene.file()
    await media.claim("wa", 5, 0.0)
    await media.renew([id], 60.0)
    assert await media.claim("wa", 5, 60.0) == []


async def test_what_is_given_back_counts_as_untried(media: MediaRows, scene: Any) -> None:
    id = await scene.file()
    await media.claim("wa", 5, 60.0)
    await media.release([id])
    [due] = await media.claim("wa", 5, 60.0)
    assert due.tries == 1


@pytest.mark.parametrize(("burns_try", "tries"), [(True, 2), (False, 1)])
async def test_a_later_try(media: MediaRows, scene: Any, burns_try: bool, tries: int) -> None:
    id = await scene.file()
    await media.claim("wa", 5, 60.0)
    await media.later(id, 0.0, burns_try=burns_try)
    [due] = await media.claim("wa", 5, 60.0)
    assert due.tries == tries


async def test_a_pause_is_kept(media: MediaRows, scene: Any) -> None:
    id = await scene.file()
    await media.later(id, 60.0, burns_try=True)
    assert await media.claim("wa", 5, 60.0) == []


async def test_many_takers_share_the_files(media: MediaRows, scene: Any) -> None:
    ids = {await scene.file() for _ in range(4)}
    taken = [due.id for _ in range(3) for due in await media.claim("wa", 2, 60.0)]
    assert sorted(taken) == sorted(ids)


async def test_a_file_that_another_is_just_taking_is_passed_over(media: MediaRows, scene: Any) -> None:
    first, second = await scene.file(), await scene.file()
    async with scene.database.transaction() as other:
        await other.execute("select from media where id = $1 for update", first)
        assert [due.id for due in await media.claim("wa", 5, 60.0)] == [second]


async def test_a_stored_file_is_due_until_its_message_was_told(media: MediaRows, scene: Any) -> None:
    id = await scene.file(url="https://x")
    assert await media.stored(id, FOUND, "a.png", 0.0)
    [due] = await media.claim("wa", 5, 0.0)
    assert (due.state, due.size, due.mime_type, due.filename, due.tries) == ("stored", 5, "image/png", "a.png", 0)
    await media.told(id)
    assert await media.claim("wa", 5, 0.0) == []
    assert (await scene.row(id))["url"] is None


async def test_a_failed_file_is_due_until_its_message_was_told(media: MediaRows, scene: Any) -> None:
    id = await scene.file()
    assert await media.failed(id, "It is gone.", 0.0)
    [due] = await media.claim("wa", 5, 0.0)
    assert (due.state, due.reason) == ("failed", "It is gone.")
    await media.told(id)
    assert await media.claim("wa", 5, 0.0) == []


async def test_who_settles_first_has_told_the_truth(media: MediaRows, scene: Any) -> None:
    id = await scene.file()
    assert await media.stored(id, FOUND, None, 60.0)
    assert not await media.failed(id, "late", 60.0)
    assert not await media.stored(id, StoredFile(9, "ef" * 32, "image/gif"), None, 60.0)
    assert (await scene.row(id))["size"] == 5


async def test_a_pending_file_cannot_count_as_told(media: MediaRows, scene: Any) -> None:
    id = await scene.file()
    await media.told(id)
    assert [due.id for due in await media.claim("wa", 5, 60.0)] == [id]


async def test_a_merged_conversation_s_file_goes_along(media: MediaRows, scene: Any) -> None:
    other = uuid7()
    await scene.file(conversation_id=other)
    [due] = await media.claim("wa", 5, 60.0)
    assert due.conversation_id == scene.conversation_id


async def test_what_waits_is_counted(media: MediaRows, scene: Any) -> None:
    id = await scene.file()
    await scene.file()
    await media.stored(id, FOUND, None, 60.0)
    [(channel, pending, _oldest)] = await media.waiting()
    assert (channel, pending) == ("wa", 1)


# Uploads


async def test_a_repeated_request_is_the_same_file(media: MediaRows) -> None:
    first = upload(uuid7(), "user:1|k")
    assert await media.upload(first) == first
    assert await media.upload(upload(uuid7(), "user:1|k")) == first
    other = upload(uuid7(), "user:2|k")
    assert await media.upload(other) == other


async def test_a_key_is_forgotten_after_a_day(media: MediaRows, scene: Any) -> None:
    first, second = upload(uuid7(), "k"), upload(uuid7(), "k")
    await media.upload(first)
    await scene.execute("update media set created_at = now() - interval '25 hours'")
    assert await media.upload(second) == second


async def test_the_channel_s_id_is_kept_while_it_is_good(media: MediaRows) -> None:
    file = await media.upload(upload(uuid7()))
    await media.known_to_channel(file.id, "wa", "900", timedelta(days=29))
    found, elsewhere = await media.outgoing(file.id, "wa"), await media.outgoing(file.id, "other")
    assert found is not None
    assert found.provider_id == "900"
    assert elsewhere is not None
    assert elsewhere.provider_id is None
    await media.known_to_channel(file.id, "wa", "900", timedelta(seconds=-1))
    found = await media.outgoing(file.id, "wa")
    assert found is not None
    assert found.provider_id is None


async def test_a_file_that_is_not_here_cannot_be_sent(media: MediaRows, scene: Any) -> None:
    assert await media.outgoing(await scene.file(), "wa") is None
    assert await media.outgoing(uuid7(), "wa") is None


# Readers


async def sees(media: MediaRows, id: UUID, user_id: UUID, *teams: UUID, admin: bool = False) -> bool:
    return await media.visible(Reader(user_id, Role.ADMIN if admin else Role.AGENT, frozenset(teams)), id) is not None


async def test_a_file_is_seen_with_its_conversation(media: MediaRows, scene: Any) -> None:
    id = await scene.file()
    assert await sees(media, id, scene.assignee_id)
    assert await sees(media, id, uuid7(), scene.team_id)
    assert await sees(media, id, uuid7(), admin=True)
    assert not await sees(media, id, uuid7(), uuid7())


async def test_an_upload_is_its_uploader_s_until_it_is_sent(media: MediaRows, scene: Any) -> None:
    uploader = uuid7()
    file = await media.upload(upload(uploader))
    assert await sees(media, file.id, uploader)
    assert not await sees(media, file.id, scene.assignee_id, scene.team_id, admin=True)
    await scene.message(file.id, "outbound")
    assert await sees(media, file.id, scene.assignee_id)
    assert not await sees(media, file.id, uploader)


async def test_what_does_not_exist_is_not_seen(media: MediaRows) -> None:
    assert not await sees(media, uuid7(), uuid7(), admin=True)


async def test_uploads_that_are_never_sent_are_forgotten(media: MediaRows, scene: Any) -> None:
    unsent, sent, drafted, fresh, ancient = [(await media.upload(upload(uuid7()))).id for _ in range(5)]
    await scene.message(sent, "outbound")
    query = "insert into drafts (user_id, conversation_id, text, media_ids, updated_at) values ($1, $2, '', $3, now())"
    await scene.execute(query, scene.assignee_id, scene.conversation_id, [drafted])
    aged = "update media set created_at = now() - $2::interval where id = any($1::uuid[])"
    await scene.execute(aged, [unsent, sent, drafted], timedelta(hours=25))
    await scene.execute(aged, [ancient], timedelta(days=9))
    customers = await scene.file(created_at=datetime.now(UTC) - timedelta(hours=25))
    assert await media.forget_unsent(timedelta(hours=24), 10) == [unsent]
    assert await media.forget_unsent(timedelta(hours=24), 10) == []
    for id in (sent, drafted, fresh, ancient, customers):
        assert await scene.row(id)


async def test_uploads_are_forgotten_by_so_many(media: MediaRows, scene: Any) -> None:
    ids = {(await media.upload(upload(uuid7()))).id for _ in range(3)}
    await scene.execute("update media set created_at = now() - interval '2 days'")
    gone = [set(await media.forget_unsent(timedelta(hours=24), 2)) for _ in range(2)]
    assert (len(gone[0]), gone[0] | gone[1]) == (2, ids)
