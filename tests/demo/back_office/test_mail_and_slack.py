"""Letters and posts that were handed in, with Python's own SMTP client."""

import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from hub.demo.back_office import BackOffice, Fault
from tests.demo.back_office.conftest import Company


def _letter(subject: str = "Circuit öffnet") -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "hub@demo.test", "chika@demo.test", subject
    letter.set_content("Ticketing is away.\n.\nFurther down ü.\n")
    return letter


async def _send(office: BackOffice, letter: EmailMessage, *login: str) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", office.mail.port, timeout=5) as server:
            if login:
                server.login(*login)
            server.send_message(letter)

    await asyncio.to_thread(send)


async def test_a_letter_is_taken(office: BackOffice) -> None:
    await _send(office, _letter())
    letter = office.mail.letters[0]
    assert (letter.sender, letter.recipients) == ("hub@demo.test", ["chika@demo.test"])
    assert letter.message["Subject"] == "Circuit öffnet"
    assert letter.text.splitlines() == ["Ticketing is away.", ".", "Further down ü."]


async def test_who_must_sign_in(office: BackOffice) -> None:
    office.credentials.mail_user, office.credentials.mail_password = "hub", "secret"
    with pytest.raises(smtplib.SMTPException):
        await _send(office, _letter())
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await _send(office, _letter(), "hub", "wrong")
    await _send(office, _letter(), "hub", "secret")
    assert len(office.mail.letters) == 1


async def test_mail_fails_as_planned(office: BackOffice) -> None:
    office.faults.next(1, Fault.error(), on="mail")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await _send(office, _letter())
    assert refused.value.smtp_code == 451
    office.faults.next(1, Fault.error(554), on="mail")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await _send(office, _letter())
    assert refused.value.smtp_code == 554
    office.faults.next(1, Fault.reset(after=True), on="mail")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        await _send(office, _letter())
    assert len(office.mail.letters) == 1


async def test_slack_takes_posts_at_its_secret_address(company: Company, office: BackOffice) -> None:
    assert await company.call("POST", office.slack_url, json={"text": "hello"}) == (200, b"ok")
    assert (await company.call("POST", f"{office.base_url}/slack/services/x", json={"text": "hello"}))[0] == 404
    office.faults.next(1, Fault.error(429, retry_after=1), on="slack")
    assert (await company.call("POST", office.slack_url, json={"text": "hello"}))[0] == 429
    assert list(office.slack.posts) == [{"text": "hello"}]
