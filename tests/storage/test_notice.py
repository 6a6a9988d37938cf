"""Notices in the database: carried by one replica at a time, until they arrived or were given up."""

from datetime import timedelta

import pytest

from hub.notice import Carried
from hub.rights import Role
from storage import notice
from storage.database import Database
from tests.storage.alert_scene import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_a_notice_is_carried_once_at_a_time_and_again_after_a_while(desk: Desk) -> None:
    await desk.fails()
    await desk.look()
    (slack,) = await desk.notices.take(10)
    assert await desk.notices.take(10) == []
    await desk.notices.settle(slack.id, Carried.RETRY, timedelta(), "http_500")
    (again,) = await desk.notices.take(10)
    assert (again.id, again.attempts) == (slack.id, 1)
    await desk.execute("update notices set lease_until = lease_until - $1::interval", notice.LEASE)
    assert [one.id for one in await desk.notices.take(10)] == [slack.id]
    assert await desk.notices.waiting() == {"slack": 1}
    await desk.notices.settle(slack.id, Carried.DEAD, timedelta(), "http_404")
    assert await desk.notices.waiting() == {}


async def test_the_address_is_that_of_today_and_of_nobody_who_left(desk: Desk) -> None:
    chika = await desk.person(Role.SUPERVISOR)
    await desk.fails()
    await desk.look()
    await desk.execute("update users set email = 'new@example.com'")
    mail, *_ = [one for one in await desk.notices.take(10) if one.user_id == chika.id and one.email]
    assert mail.email == "new@example.com"
    await desk.notices.settle(mail.id, Carried.RETRY, timedelta(), "later")
    await desk.execute("update users set disabled = true")
    (again,) = await desk.notices.take(10)
    assert (again.id, again.email) == (mail.id, None)
