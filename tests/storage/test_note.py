"""Notes as the journal writes them and as they are read."""

from datetime import timedelta
from typing import Any

from hub.conversation.commands import AddNote, DeleteNote
from hub.ids import uuid7
from hub.journal import Outcome, Verdict
from hub.mention import Mention, Mentioned, MentionType
from storage.database import Database
from storage.journal import Journal
from storage.note import NoteStore


async def write(journal: Journal, *changes: Any) -> None:
    outcomes, _ = await journal.append(changes)
    assert [isinstance(o, Outcome) and o.verdict for o in outcomes] == [Verdict.OK] * len(changes)


async def test_a_note_reads_back_and_is_deleted_once(database: Database, journal: Journal, decider: Any) -> None:
    notes = NoteStore(database)
    desk, begin = decider.begin()
    somebody = Mentioned(Mention(MentionType.TEAM, uuid7(), "Support"), ())
    desk, added = decider.change(desk, AddNote(decider.author, "call back", (somebody,), uuid7()))
    (note,) = added.effects.notes
    await write(journal, begin)
    await write(journal, added)
    assert await notes.find(note.id) == note
    assert await notes.notes_by_client_ids(note.conversation_id, [note.client_id, uuid7()]) == [note]
    for _ in range(2):
        desk, deleted = decider.change(desk, DeleteNote(decider.author, note))
        decider.now += timedelta(hours=1)
        await write(journal, deleted)
    gone = await notes.find(note.id)
    assert gone is not None
    assert (gone.text, gone.mentions) == (None, ())
    assert gone.deleted_at == decider.now - timedelta(hours=2)
    assert await notes.find(uuid7()) is None


async def test_pages_begin_with_the_newest(database: Database, journal: Journal, decider: Any) -> None:
    notes = NoteStore(database)
    desk, begin = decider.begin()
    await write(journal, begin)
    written = []
    for number in range(5):
        decider.now += timedelta(seconds=number % 2)  # some are of one moment
        desk, change = decider.change(desk, AddNote(decider.author, str(number)))
        await write(journal, change)
        written += change.effects.notes
    newest = sorted(written, key=lambda note: (note.created_at, note.id), reverse=True)
    first = await notes.page(desk.conversation.id, None, 2)
    assert first == newest[:2]
    assert await notes.page(desk.conversation.id, (first[-1].created_at, first[-1].id), 10) == newest[2:]
    assert await notes.page(uuid7(), None, 10) == []
