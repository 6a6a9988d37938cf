from actors.session import CloseCode, Session, SessionLimits
from hub.audience import Viewer
from hub.frame import control_frame
from hub.ids import uuid7
from hub.rights import Role
from tests.actors.realtime_links import MemoryLink


def session(frames: int = 4, size: int = 100) -> tuple[Session, MemoryLink]:
    link = MemoryLink()
    return Session(Viewer(uuid7(), "Ana", Role.AGENT), link, SessionLimits(frames, size)), link


def put(mine: Session, *frames: bytes) -> None:
    mine.pending += frames
    mine.frames += len(frames)


def test_what_is_pending_is_one_write() -> None:
    mine, link = session()
    put(mine, b"a", b"b", b"c")
    assert mine.flush()
    assert mine.flush()
    assert link.writes == [b"abc"]
    assert mine.pending == []


def test_frames_that_the_transport_could_not_send_count() -> None:
    mine, link = session(frames=4)
    link.stuck = True
    put(mine, b"aa", b"bb")
    assert mine.flush()
    put(mine, b"cc", b"dd")
    assert mine.flush()
    assert mine.lagging
    put(mine, b"ee")
    assert not mine.flush()


def test_frames_that_were_sent_meanwhile_do_not_count() -> None:
    mine, link = session(frames=4)
    link.stuck = True
    put(mine, b"aa", b"bb", b"cc", b"dd")
    assert mine.flush()
    link.waiting = 2
    put(mine, b"ee", b"ff", b"gg")
    assert mine.flush()
    link.stuck, link.waiting = False, 0
    put(mine, *[b"x"] * 4)
    assert mine.flush()
    assert not mine.lagging


def test_frames_that_were_joined_before_count_each() -> None:
    mine, link = session(frames=4)
    link.stuck = True
    mine.pending.append(b"aabbccddee")
    mine.frames = 5
    assert not mine.flush()


def test_bytes_count() -> None:
    mine, link = session(size=10)
    link.stuck = True
    put(mine, b"x" * 10)
    assert mine.flush()
    put(mine, b"x")
    assert not mine.flush()


def test_a_burst_that_the_transport_takes_is_no_lag() -> None:
    mine, _ = session(frames=4, size=10)
    put(mine, *[b"0123456789"] * 1000)
    assert mine.flush()


def test_nothing_is_said_on_a_closed_wire() -> None:
    mine, link = session()
    mine.say(control_frame("pong"))
    assert link.writes == [control_frame("pong").websocket]
    link.close(CloseCode.SLOW, None)
    mine.say(control_frame("pong"))
    assert len(link.writes) == 1
