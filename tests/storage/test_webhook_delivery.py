"""Deliveries for administrators, and having them made again, in the database."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from hub.webhook.delivery import DeliveryState, Replayed
from storage import webhook_delivery
from storage.database import Database
from tests.storage.webhook_scene import DEAD, FAILED, NOON, Scene

A, B = UUID(int=1), UUID(int=2)


@pytest.fixture
async def scene(database: Database) -> Scene:
    """Six events of two conversations, delivered but for the last, which is dead."""
    scene = Scene(database)
    await scene.set()
    ids = [await scene.happens(A if n % 2 else B) for n in range(6)]
    await scene.fill()
    for event_id in ids[:5]:
        await scene.settle(event_id)
    await scene.settle(ids[5], FAILED, DEAD)
    return scene


async def test_pages_go_back_from_the_newest(scene: Scene) -> None:
    found = await scene.deliveries.page(scene.webhook_id, None, None, 4)
    last = found[-1]
    rest = await scene.deliveries.page(scene.webhook_id, None, (last.created_at, last.id), 4)
    assert len({one.id for one in (*found, *rest)}) == 6
    (dead,) = await scene.deliveries.page(scene.webhook_id, DeliveryState.DEAD, None, 10)
    assert (dead.seq, dead.last_status) == (6, 500)
    assert await scene.deliveries.page(uuid4(), None, None, 10) == []


@pytest.mark.parametrize(
    ("start", "dead_only", "wanted"),
    [
        (1, False, [1, 2, 3, 4, 5, 6]),
        (4, False, [4, 5, 6]),
        (1, True, [6]),
        (7, False, []),
        (NOON + timedelta(seconds=5), False, [5, 6]),
        (NOON + timedelta(seconds=4.5), False, [5, 6]),
        (NOON, False, [1, 2, 3, 4, 5, 6]),
        (NOON + timedelta(days=1), False, []),
    ],
)
async def test_past_events_are_delivered_again(scene: Scene, start: object, dead_only: bool, wanted: list[int]) -> None:
    replayed = await scene.deliveries.again_from(scene.webhook_id, start, dead_only=dead_only)  # type: ignore[arg-type]
    assert replayed.count == len(wanted)
    assert await scene.due() == wanted


async def test_pruned_ones_are_made_anew_and_pending_ones_stay(scene: Scene) -> None:
    await scene.execute("delete from webhook_deliveries where seq in (2, 3)")
    await scene.execute("update webhook_deliveries set state = 'pending', attempts = 4 where seq = 4")
    assert await scene.deliveries.again_from(scene.webhook_id, 2, dead_only=False) == Replayed(4, 6, False)
    assert await scene.value("select attempts from webhook_deliveries where seq = 4") == 4
    assert await scene.due() == [2, 3, 4, 5, 6]


async def test_one_request_goes_only_so_far(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_delivery, "REPLAY_MOST", 4)
    first = await scene.deliveries.again_from(scene.webhook_id, 1, dead_only=False)
    assert first == Replayed(4, 4, True)
    rest = await scene.deliveries.again_from(scene.webhook_id, first.last_seq + 1, dead_only=False)
    assert rest == Replayed(2, 6, False)


async def test_events_ahead_of_the_cursor_are_not_replayed(scene: Scene) -> None:
    await scene.happens(A)
    assert (await scene.deliveries.again_from(scene.webhook_id, 7, dead_only=False)).count == 0


async def test_what_has_left_the_log_cannot_be_had_again(scene: Scene) -> None:
    (dead,) = await scene.deliveries.page(scene.webhook_id, DeliveryState.DEAD, None, 10)
    assert (await scene.deliveries.event(dead)) is not None
    await scene.execute("delete from events where seq = 6")
    assert await scene.deliveries.event(dead) is None
    assert await scene.deliveries.again(scene.webhook_id, dead.id) is None
    assert await scene.deliveries.again(scene.webhook_id, uuid4()) is None


async def test_a_test_goes_first_and_on_a_line_of_its_own(scene: Scene) -> None:
    await scene.happens(A)
    await scene.fill()
    test_id = uuid4()
    made = await scene.deliveries.test(scene.webhook_id, test_id)
    assert made is not None
    assert (made.id, made.type, made.state) == (test_id, "webhook.test", "pending")
    assert await scene.due() == [0, 7]
    assert await scene.due(A) == [0]
    assert await scene.deliveries.again(scene.webhook_id, test_id) is not None
    assert await scene.deliveries.test(uuid4(), test_id) is None
