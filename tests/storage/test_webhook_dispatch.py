"""Leases, the cursor over the log, and what may go out, in the database."""

from datetime import timedelta
from uuid import UUID

import pytest

from hub.ids import uuid7
from hub.webhook.delivery import TRANSITIONS, DeliveryState
from hub.webhook.dispatch import Filled
from hub.webhook.endpoint import DisabledReason
from storage import webhook_dispatch
from storage.database import Database
from tests.storage.webhook_scene import AGAIN, DEAD, DONE, FAILED, OK, Scene

A, B = UUID(int=1), UUID(int=2)


@pytest.fixture
async def scene(database: Database) -> Scene:
    scene = Scene(database)
    await scene.set()
    return scene


async def test_one_replica_delivers_until_it_dies(scene: Scene, database: Database) -> None:
    async with database.acquire() as alive:  # the lock by which a replica lives
        await alive.execute("select pg_advisory_lock_shared(1)")
        (held,) = await scene.dispatch.hold()
        assert 29 < held.seconds <= 30
        assert await scene.replica(2).hold() == []
        assert await scene.replica(2).fill(scene.webhook_id, 10, 10) is None
        await alive.execute("select pg_advisory_unlock_shared(1)")
    (taken,) = await scene.replica(2).hold()
    assert taken.id == scene.webhook_id


async def test_a_lease_that_lapsed_is_anybodys_and_ours_is_renewed(scene: Scene, database: Database) -> None:
    async with database.acquire() as alive:
        await alive.execute("select pg_advisory_lock_shared(1), pg_advisory_lock_shared(2)")
        await scene.execute("update webhooks set lease_until = clock_timestamp() + interval '15 seconds'")
        (held,) = await scene.dispatch.hold()
        assert held.seconds > 29
        await scene.execute("update webhooks set lease_until = clock_timestamp()")
        assert len(await scene.replica(2).hold()) == 1
        assert await scene.dispatch.hold() == []
        await alive.execute("select pg_advisory_unlock_all()")


async def test_nobody_delivers_to_a_disabled_one(scene: Scene) -> None:
    await scene.dispatch.disable(scene.webhook_id, DisabledReason.GONE)
    assert await scene.dispatch.hold() == []
    assert await scene.fill() is None


async def test_both_secrets_sign_while_one_replaces_the_other(scene: Scene) -> None:
    await scene.endpoints.rotate(scene.webhook_id, "whsec_bmV4dA==", 60.0)
    (held,) = await scene.dispatch.hold()
    assert held.secrets == ("whsec_bmV4dA==", "whsec_bmV3")
    assert "whsec" not in repr(held)
    await scene.endpoints.rotate(scene.webhook_id, "whsec_bGFzdA==", 0.0)
    (held,) = await scene.dispatch.hold()
    assert held.secrets == ("whsec_bGFzdA==",)


async def test_events_become_deliveries_once(scene: Scene) -> None:
    for conversation in (A, B, A):
        await scene.happens(conversation)
    await scene.happens(A, "message.sent")
    assert await scene.fill(3) == Filled(3, 3, 0)
    assert await scene.fill() == Filled(1, 0, 0)
    assert await scene.fill() == Filled(0, 0, 0)
    assert await scene.value("select cursor from webhooks") == 4
    await scene.execute("update webhooks set cursor = 0")  # as if the commit's answer had been lost
    assert await scene.fill() == Filled(4, 0, 0)
    assert await scene.due() == [1, 2, 3]


async def test_only_events_of_the_team_and_none_of_single_people(database: Database) -> None:
    scene, team_id = Scene(database), uuid7()
    await scene.set(team_id=team_id)
    await scene.happens(A)
    await scene.happens(A, team_id=team_id)
    await scene.happens(A, team_id=uuid7())
    await scene.happens(A, team_id=team_id, user_id=uuid7())
    assert await scene.fill() == Filled(4, 1, 0)
    assert await scene.due() == [2]


async def test_above_the_backlog_events_wait_in_the_log(scene: Scene) -> None:
    first = await scene.happens(A)
    await scene.happens(A)
    assert await scene.fill(1, 1) == Filled(1, 1, 0)
    assert await scene.fill(1, 1) is None
    await scene.settle(first)
    assert await scene.fill(1, 1) == Filled(1, 1, 0)


async def test_what_the_log_has_dropped_is_told(scene: Scene) -> None:
    for _ in range(4):
        await scene.happens(A)
    await scene.execute("delete from events where seq <= 3")
    await scene.execute("update journal_head set trimmed = 3")
    assert await scene.fill() == Filled(1, 1, 3)
    assert await scene.fill() == Filled(0, 0, 0)


async def test_nothing_overtakes_one_that_waits_in_its_conversation(scene: Scene) -> None:
    ids = [await scene.happens(conversation) for conversation in (A, A, B, A, None, None)]
    await scene.happens(None, "queue.updated")
    await scene.fill()
    assert await scene.due() == [1, 2, 3, 4, 5, 6, 7]
    assert await scene.due(B) == [1, 2, 4, 5, 6, 7]
    await scene.settle(ids[1], FAILED, AGAIN)
    assert await scene.due() == [1, 3, 5, 6, 7]
    await scene.settle(ids[4], FAILED, AGAIN)
    assert await scene.due() == [1, 3]
    await scene.settle(ids[1], OK, DONE)
    assert await scene.due() == [1, 3, 4]


async def test_a_busy_conversation_leaves_room(scene: Scene) -> None:
    for _ in range(webhook_dispatch.PER_LINE + 3):
        await scene.happens(A)
    await scene.happens(B)
    await scene.fill()
    due = await scene.due()
    assert due == [*range(1, webhook_dispatch.PER_LINE + 1), webhook_dispatch.PER_LINE + 4]


async def test_what_is_due_carries_its_event(scene: Scene) -> None:
    event_id = await scene.happens(A)
    await scene.fill()
    (due,) = await scene.dispatch.due(scene.webhook_id, (), 10)
    assert due.event is not None
    assert (due.id, due.line, due.event.seq, due.event.data) == (event_id, A, 1, {"text": "Olá"})
    await scene.execute("delete from events")
    (due,) = await scene.dispatch.due(scene.webhook_id, (), 10)
    assert due.event is None


async def test_how_a_try_ended_is_kept(scene: Scene) -> None:
    event_id = await scene.happens(A)
    await scene.fill()
    await scene.settle(event_id, FAILED, AGAIN)
    found = await scene.deliveries.find(scene.webhook_id, event_id)
    assert found is not None
    assert (found.state, found.attempts, found.last_status, found.last_reason) == ("pending", 1, 500, "status")
    assert (found.latency_ms, found.response) == (500, "oops")
    assert found.next_try_at - found.created_at > timedelta(seconds=55)


@pytest.mark.parametrize("decision", [DONE, DEAD])
async def test_one_that_is_settled_is_left_by_a_replay_only(scene: Scene, decision: object) -> None:
    event_id = await scene.happens(A)
    await scene.fill()
    await scene.settle(event_id, OK, decision)  # type: ignore[arg-type]
    before = await scene.deliveries.find(scene.webhook_id, event_id)
    await scene.settle(event_id, FAILED, AGAIN)
    assert await scene.deliveries.find(scene.webhook_id, event_id) == before
    assert before is not None
    assert TRANSITIONS[before.state] == {DeliveryState.PENDING}
    again = await scene.deliveries.again(scene.webhook_id, event_id)
    assert again is not None
    assert (again.state, again.attempts) == ("pending", 0)


async def test_an_endpoint_that_fails_for_too_long_is_disabled(scene: Scene) -> None:
    assert not await scene.dispatch.failed(scene.webhook_id, 60.0)
    await scene.execute("update webhooks set failing_since = failing_since - interval '59 seconds'")
    assert not await scene.dispatch.failed(scene.webhook_id, 60.0)
    await scene.dispatch.succeeded(scene.webhook_id)
    assert await scene.value("select failing_since from webhooks") is None
    assert not await scene.dispatch.failed(scene.webhook_id, 60.0)
    await scene.execute("update webhooks set failing_since = failing_since - interval '61 seconds'")
    assert await scene.dispatch.failed(scene.webhook_id, 60.0)
    found = await scene.endpoints.find(scene.webhook_id)
    assert found is not None
    assert (found.enabled, found.disabled_reason, found.version) == (False, DisabledReason.FAILING, 2)
    assert not await scene.dispatch.failed(scene.webhook_id, 60.0)


async def test_settled_ones_are_forgotten_in_portions(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_dispatch, "PRUNED", 2)
    ids = [await scene.happens(A) for _ in range(7)]
    await scene.fill()
    for event_id in ids[:5]:
        await scene.settle(event_id)
    await scene.settle(ids[5], FAILED, DEAD)
    await scene.execute("update webhook_deliveries set settled_at = settled_at - interval '8 days'")
    await scene.dispatch.prune()
    assert await scene.value("select array_agg(seq order by seq) from webhook_deliveries") == [6, 7]
    await scene.execute("update webhook_deliveries set settled_at = settled_at - interval '31 days'")
    await scene.dispatch.prune()
    assert await scene.value("select array_agg(seq order by seq) from webhook_deliveries") == [7]


async def test_what_waits_is_counted(scene: Scene) -> None:
    for _ in range(3):
        await scene.happens(A)
    await scene.fill(2)
    await scene.settle(await scene.value("select event_id from webhook_deliveries where seq = 1"), FAILED, DEAD)
    depth = await scene.dispatch.depth()
    assert (depth.pending, depth.dead, depth.behind, depth.enabled, depth.disabled) == (1, 1, 1, 1, 0)
    assert depth.oldest is not None


async def test_there_may_be_nothing_at_all(database: Database) -> None:
    depth = await Scene(database).dispatch.depth()
    assert (depth.pending, depth.oldest, depth.behind, depth.enabled) == (0, None, 0, 0)
