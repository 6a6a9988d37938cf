"""Notices by mail, handed in at a server that keeps and refuses letters as told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import attrs
import pytest

from hub.demo.back_office import BackOffice, Credentials, Fault
from hub.notice import Carried, Notice, NoticeChannel, Receipt
from web.notice_mail import MailCarrier, MailServer

NOTICE = Notice(
    id=UUID(int=7), alert_id=UUID(int=1), channel=NoticeChannel.EMAIL, user_id=UUID(int=2), email="chika@example.com",
    title="Die Zahlung wartet – §5", text="Nobody has decided.\n.\nhttps://hub.example.com", critical=True,
    attempts=0, created_at=datetime(2026, 1, 5, 12, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
async def office() -> AsyncIterator[BackOffice]:
    credentials = Credentials("k", {}, "", [], "whsec_eA==", mail_user="hub@x", mail_password="p:ss/word")
    office = BackOffice(credentials)
    await office.start()
    yield office
    await office.stop()


def carrier(office: BackOffice, user: str = "hub%40x", password: str = "p%3Ass%2Fword") -> MailCarrier:
    return MailCarrier(MailServer.of(f"smtp://{user}:{password}@127.0.0.1:{office.mail.port}"), "hub@example.com")


async def test_a_letter_arrives(office: BackOffice) -> None:
    assert await carrier(office).carry(NOTICE) == Receipt(Carried.SENT)
    (letter,) = office.mail.letters
    assert (letter.sender, letter.recipients) == ("hub@example.com", ["chika@example.com"])
    assert letter.message["Subject"] == f"[Hub] {NOTICE.title}"
    assert letter.message["Message-ID"] == f"<{NOTICE.id}@example.com>"
    assert letter.message["Importance"] == "high"
    assert letter.text.splitlines() == NOTICE.text.splitlines()


@pytest.mark.parametrize(
    ("fault", "receipt"),
    [
        (Fault.error(451), Receipt(Carried.RETRY, "smtp_451")),
        (Fault.error(554), Receipt(Carried.DEAD, "smtp_554")),
        (Fault.reset(), Receipt(Carried.RETRY, "connection")),
    ],
)
async def test_what_passes_is_tried_again_and_what_does_not_is_given_up(
    office: BackOffice, fault: Fault, receipt: Receipt
) -> None:
    office.faults.next(1, fault, on="mail")
    assert await carrier(office).carry(NOTICE) == receipt
    assert await carrier(office).carry(NOTICE) == Receipt(Carried.SENT)


async def test_a_wrong_password_may_be_put_right(office: BackOffice) -> None:
    assert await carrier(office, password="wrong").carry(NOTICE) == Receipt(Carried.RETRY, "sign_in")


async def test_the_door_is_tried_without_a_letter(office: BackOffice) -> None:
    assert await carrier(office).try_door() == Receipt(Carried.SENT)
    assert await carrier(office, password="wrong").try_door() == Receipt(Carried.RETRY, "sign_in")
    assert not office.mail.letters


async def test_a_server_that_is_away(office: BackOffice) -> None:
    there = carrier(office)
    await office.mail.stop()
    assert await there.carry(NOTICE) == Receipt(Carried.RETRY, "connection")


async def test_a_password_is_not_sent_for_all_to_read(office: BackOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MailServer, "here", property(lambda self: False))
    assert await carrier(office).carry(NOTICE) == Receipt(Carried.DEAD, "no_tls")
    assert not office.mail.letters


async def test_whoever_left_gets_no_letter(office: BackOffice) -> None:
    assert await carrier(office).carry(attrs.evolve(NOTICE, email=None)) == Receipt(Carried.DEAD, "no_address")


def test_addresses_of_servers() -> None:
    assert MailServer.of("smtps://u:p@mail.example.com") == MailServer("mail.example.com", 465, True, "u", "p")
    assert MailServer.of("smtp://localhost:25") == MailServer("localhost", 25, False)
    assert MailServer.of("smtp://mail.example.com").port == 587
    assert (MailServer.of("smtp://[::1]:25").here, MailServer.of("smtp://mail.example.com").here) == (True, False)
    assert "secret" not in repr(MailServer.of("smtp://u:secret@mail.example.com"))
