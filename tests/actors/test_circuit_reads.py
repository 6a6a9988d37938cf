"""What a circuit need not ask."""

from actors.circuit_job import Job
from actors.circuit_messages import CallFor
from actors.circuit_reads import Reads
from actors.kernel import Mail
from hub.integration.call import Fetched
from hub.integration.operation import Operation, Request
from hub.integration.wire import Wire
from tests.actors.circuit_stage import ACT, BASE, KEPT, NOON, READ, Watched

FINE = Fetched("fine", NOON)


def call(operation: Operation = KEPT, key: str | None = "a", *, fresh: bool = False) -> CallFor:
    return CallFor(Request(operation, Wire("GET", BASE), lambda given: given, key), 9.0, fresh)


def reads() -> tuple[Reads, Watched]:
    watched = Watched()
    return Reads("ticketing", 10, watched), watched


def under_way(book: Reads, asked: CallFor) -> Job:
    job = Job(asked.request, [Mail(asked)], asked.deadline, book.generation)
    book.begun(job, asked)
    return job


def test_what_a_call_brought_answers_the_next() -> None:
    book, watched = reads()
    job = under_way(book, call())
    assert book.answered(Mail(call()), call(), 1.0)
    assert len(job.askers) == 2
    book.ended(job, FINE, 1.0)
    assert book.answered(Mail(call()), call(), 2.0)
    assert watched.copies == ["miss", "joined", "hit"]


def test_a_fresh_one_waits_for_a_call_under_way_and_for_no_copy() -> None:
    book, _ = reads()
    job = under_way(book, call())
    assert book.answered(Mail(call()), call(fresh=True), 1.0)
    book.ended(job, FINE, 1.0)
    assert not book.answered(Mail(call()), call(fresh=True), 1.0)
    assert not book.answered_stale(Mail(call()), call(fresh=True), 1.0)


def test_what_has_no_key_is_always_asked() -> None:
    book, watched = reads()
    asked = call(READ, None)
    book.ended(under_way(book, asked), FINE, 1.0)
    assert not book.answered(Mail(asked), asked, 1.0)
    assert not book.answered_stale(Mail(asked), asked, 1.0)
    assert watched.copies == []


def test_after_a_change_nobody_waits_for_what_began_before_it() -> None:
    book, _ = reads()
    early = under_way(book, call())
    book.invalidate()
    assert not book.answered(Mail(call()), call(), 1.0)
    late = under_way(book, call())
    book.ended(early, FINE, 1.0)
    assert book.answered(Mail(call()), call(), 1.0)
    book.ended(late, Fetched("new", NOON), 1.0)
    assert len(book) == 1


def test_an_act_that_was_refused_changes_nothing() -> None:
    book, _ = reads()
    book.ended(under_way(book, call()), FINE, 1.0)
    act = call(ACT, None)
    job = under_way(book, act)
    book.ended(job, None, 2.0)
    assert len(book) == 1
    job.unknown = True
    book.ended(job, None, 2.0)
    assert len(book) == 0
