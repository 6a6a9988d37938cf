"""Errands on a real table and a real disk: what they leave behind, however they end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest

from actors import kinds
from actors.kernel import System
from actors.kernel.testkit import kind_from
from actors.media_fetch import TELL_AGAIN, Fetching, Over
from hub.conversation.commands import MediaSettled
from hub.demo.whatsapp.files import picture
from hub.errors import Overloaded, Unavailable
from hub.media import DueFile, Failure, FetchFailed, Patience
from storage.database import Database
from storage.media import MediaRows
from storage.media_files import MediaFiles

LIMIT = 50_000
PATIENCE = Patience(tries=3, first=0.0, held=0.0)


class Source:
    """A channel's files as far as an errand sees them. `ends` are raised, one per try, before any is handed out."""

    def __init__(self) -> None:
        self.content = picture()
        self.digest: str | None = None
        self.ends: list[Exception] = []

    async def fetch(self, due: DueFile, take: Callable[[bytes], Awaitable[None]]) -> str | None:
        await take(self.content[:100])
        if self.ends:
            raise self.ends.pop(0)
        await take(self.content[100:])
        return self.digest


class Told:
    """Whom an errand reports to: the fetcher, and the conversation, which may refuse."""

    def __init__(self) -> None:
        self.overs: list[Over] = []
        self.settled: list[MediaSettled] = []
        self.refuse: list[Exception] = []

    async def over(self, mail: Any) -> None:
        self.overs.append(mail.message)

    async def conversation(self, mail: Any) -> None:
        if self.refuse:
            mail.fail(self.refuse.pop(0))
        else:
            self.settled.append(mail.message)


class Errands:
    """Files of a scene, and errands for them."""

    def __init__(self, database: Database, scene: Any, folder: Path) -> None:
        self.scene, self.source, self.told = scene, Source(), Told()
        self.rows, self.files = MediaRows(database), MediaFiles(folder)
        self.folder = folder
        self.counted: list[str] = []
        self.system = System()
        self.system.register(kind_from(kinds.CONVERSATION, self.told.conversation))
        self.system.register(kind_from(kinds.MEDIA_FETCHER, self.told.over))
        self.fetching = Fetching(self.system, self.rows, self.files, self.source, LIMIT, self.counted.append, PATIENCE)

    async def run(self) -> None:
        """Claims what is due and runs its errand."""
        [due] = await self.rows.claim("wa", 5, 0.0)
        await self.fetching.run(due, self.system.ref(kinds.MEDIA_FETCHER, "wa"))

    async def ended(self) -> Over:
        """How the errand reported that it ended."""
        await self.system.drain(1.0)
        return self.told.overs[-1]

    def media(self) -> dict[str, Any]:
        """What the message was told last."""
        return self.told.settled[-1].media

    def on_disk(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
async def errands(database: Database, scene: Any, tmp_path: Path) -> AsyncIterator[Errands]:
    errands = Errands(database, scene, tmp_path)
    yield errands
    await errands.system.drain(1.0)
    errands.files.close()


async def test_a_file_comes_and_its_message_is_told(errands: Errands) -> None:
    id = await errands.scene.file(mime_type="image/jpeg", filename="../Foto.jpeg")
    await errands.run()
    row = await errands.scene.row(id)
    assert errands.told.settled[0].message_id == row["message_id"]
    assert errands.media() == {
        "state": "stored",
        "mime_type": "image/png",
        "filename": "Foto.jpeg.png",
        "size": len(picture()),
        "reason": None,
    }
    assert (row["state"], row["size"], row["next_try_at"]) == ("stored", len(picture()), None)
    assert Path(errands.files.path(id)).read_bytes() == picture()
    assert errands.counted == ["stored"]
    assert await errands.ended() == Over(id)


async def test_the_row_is_settled_before_the_message_is_told(errands: Errands) -> None:
    """Whoever hears of the file can read it."""
    id = await errands.scene.file()
    states = []

    async def look(mail: Any) -> None:
        states.append((await errands.scene.row(id))["state"])

    errands.told.conversation = look  # type: ignore[method-assign]
    errands.system = System()
    errands.system.register(kind_from(kinds.CONVERSATION, look))
    errands.system.register(kind_from(kinds.MEDIA_FETCHER, errands.told.over))
    errands.fetching = attrs.evolve(errands.fetching, system=errands.system)
    await errands.run()
    assert states == ["stored"]


@pytest.mark.parametrize("kind", [Failure.LATER, Failure.HELD])
async def test_a_failed_try_is_repeated(errands: Errands, kind: Failure) -> None:
    id = await errands.scene.file()
    errands.source.ends = [FetchFailed(kind, "why")]
    await errands.run()
    row = await errands.scene.row(id)
    assert (row["state"], row["tries"]) == ("pending", 1 if kind is Failure.LATER else 0)
    assert errands.on_disk() == []
    assert errands.told.settled == []
    await errands.run()
    assert errands.media()["state"] == "stored"
    assert errands.counted == ["retried" if kind is Failure.LATER else "held", "stored"]
    assert [over.retry_in for over in errands.told.overs[:1]] == [0.0]


async def test_after_the_last_try_the_message_says_why(errands: Errands) -> None:
    id = await errands.scene.file(filename="a.png")
    errands.source.ends = [FetchFailed(Failure.LATER, f"try {number}") for number in (1, 2, 3)]
    for _ in range(3):
        await errands.run()
    assert errands.media() == {
        "state": "failed",
        "mime_type": None,
        "filename": "a.png",
        "size": None,
        "reason": "try 3",
    }
    row = await errands.scene.row(id)
    assert (row["state"], row["reason"], row["next_try_at"]) == ("failed", "try 3", None)
    assert errands.counted == ["retried", "retried", "failed"]


async def test_what_is_final_is_said_at_once(errands: Errands) -> None:
    await errands.scene.file()
    errands.source.ends = [FetchFailed(Failure.FINAL, "It is gone.")]
    await errands.run()
    assert errands.media()["reason"] == "It is gone."


@pytest.mark.parametrize(
    ("announced", "named"), [("ab" * 32, None), (None, "ab" * 32)], ids=["by the webhook", "by the channel"]
)
async def test_wrong_bytes_are_not_kept(errands: Errands, announced: str | None, named: str | None) -> None:
    await errands.scene.file(sha256=announced)
    errands.source.digest = named
    for _ in range(3):
        await errands.run()
    assert errands.media()["reason"] == "The file arrived damaged."
    assert errands.on_disk() == []


async def test_too_many_bytes_are_final(errands: Errands) -> None:
    await errands.scene.file()
    errands.source.content = bytes(LIMIT + 1)
    await errands.run()
    assert errands.media()["reason"] == f"The file is larger than {LIMIT} bytes."
    assert errands.on_disk() == []


async def test_a_full_disk_keeps_the_message_and_says_so_in_the_end(errands: Errands) -> None:
    await errands.scene.file()
    errands.source.ends = [Unavailable("The disk is full.") for _ in range(3)]
    for _ in range(3):
        await errands.run()
    assert errands.media()["reason"] == "The disk is full."


async def test_a_source_that_breaks_costs_a_try_and_not_the_fetcher(errands: Errands) -> None:
    await errands.scene.file()
    errands.source.ends = [ZeroDivisionError()]
    await errands.run()
    await errands.run()
    assert errands.media()["state"] == "stored"


# Telling


@pytest.mark.parametrize("refusal", [Unavailable(), Overloaded()])
async def test_a_message_is_told_until_it_knows(errands: Errands, refusal: Exception) -> None:
    id = await errands.scene.file()
    errands.told.refuse = [refusal]
    await errands.run()
    assert await errands.rows.claim("wa", 5, 0.0) == []
    await errands.scene.execute("update media set next_try_at = now() where next_try_at is not null")
    await errands.run()
    assert errands.media()["state"] == "stored"
    assert (await errands.scene.row(id))["next_try_at"] is None
    assert errands.counted == ["stored"]  # it was not fetched again
    await errands.system.drain(1.0)
    assert [over.retry_in for over in errands.told.overs] == [TELL_AGAIN, None]


async def test_a_crash_between_the_file_and_its_row_is_harmless(errands: Errands) -> None:
    id = await errands.scene.file()
    async with errands.files.incoming(LIMIT) as incoming:
        await incoming.write(b"whatever a lost try left")
        await incoming.seal(None)
        await incoming.keep(id)
    await errands.run()
    assert Path(errands.files.path(id)).read_bytes() == picture()
    assert len(errands.on_disk()) == 1


async def test_a_crash_between_the_row_and_its_message_is_made_good(errands: Errands) -> None:
    id = await errands.scene.file()
    [due] = await errands.rows.claim("wa", 5, 0.0)
    await errands.fetching._fetch(due)
    await errands.scene.execute("update media set next_try_at = now()")
    await errands.run()
    assert errands.told.settled[0].media["state"] == "stored"
    assert (await errands.scene.row(id))["next_try_at"] is None


@pytest.mark.parametrize("ends", [[], [FetchFailed(Failure.FINAL, "It is gone.")]], ids=["here", "gone"])
async def test_who_comes_second_says_nothing(errands: Errands, ends: list[Exception]) -> None:
    await errands.scene.file()
    [due] = await errands.rows.claim("wa", 5, 0.0)
    await errands.run()
    errands.source.ends = ends
    await errands.fetching.run(due, errands.system.ref(kinds.MEDIA_FETCHER, "wa"))
    assert len(errands.told.settled) == 1
    assert errands.counted == ["stored"]


async def test_the_fetcher_hears_of_the_end_without_a_database(errands: Errands) -> None:
    id: UUID = await errands.scene.file()
    [due] = await errands.rows.claim("wa", 5, 0.0)
    await errands.rows._database.close()
    await errands.fetching.run(due, errands.system.ref(kinds.MEDIA_FETCHER, "wa"))
    assert await errands.ended() == Over(id)
