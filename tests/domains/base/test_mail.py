"""Mails about single rows: each is queued once for an occasion, sent once, and tried again where sending failed."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox_of_django
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from domains.base import mail, queue
from domains.base.models import MailJob

pytestmark = pytest.mark.django_db
KIND = "test"


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A kind of mail, and the rows that mails were written about; there is nothing to write about row 0."""
    written: list[int] = []

    def write(job: MailJob) -> mail.Mail | None:
        written.append(job.source_id)
        return mail.Mail("accounts/account_exists", "Hello\nthere", "ada@people.example") if job.source_id else None

    monkeypatch.setitem(mail._writers, KIND, write)
    return written


def break_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def test_the_same_mail_is_queued_and_sent_once(written: list[int]) -> None:
    for _ in range(2):
        mail.enqueue(kind=KIND, source_id=1)
        assert mail.send_due() in {0, 1}
    mail.enqueue(kind=KIND, source_id=1, occasion="again")
    mail.enqueue(kind=KIND, source_id=1, person_id=7)
    assert mail.send_due() == 2
    assert written == [1, 1, 1]
    assert [one.subject for one in outbox_of_django.outbox] == ["Hello there"] * 3


def test_a_mail_that_could_not_be_sent_is_sent_by_a_later_try(monkeypatch: pytest.MonkeyPatch) -> None:
    mail.enqueue(kind=KIND, source_id=1)
    with monkeypatch.context() as broken:
        break_sending(broken)
        assert mail.send_due() == 1
    job = MailJob.objects.get()
    assert (job.attempts, job.done_at) == (1, None)
    assert "SMTPServerDisconnected" in job.last_error
    assert mail.send_due() == 0, "it waits a minute"
    with time_machine.travel(timezone.now() + timedelta(minutes=1, seconds=1)):
        assert mail.send_due() == 1
    assert len(outbox_of_django.outbox) == 1


def test_a_mail_that_never_goes_out_is_parked_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    mail.enqueue(kind=KIND, source_id=1)
    with monkeypatch.context() as broken, time_machine.travel(timezone.now()) as clock:
        break_sending(broken)
        for _ in range(MailJob.MAX_ATTEMPTS):
            clock.shift(timedelta(days=1))
            assert mail.send_due() == 1
        clock.shift(timedelta(days=1))
        assert mail.send_due() == 0
    mail.enqueue(kind=KIND, source_id=2)
    assert mail.send_due() == 1
    assert [job.source_id for job in queue.parked(MailJob.objects.all())] == [1]


def test_what_is_no_longer_wanted_is_done_without_a_mail(written: list[int]) -> None:
    mail.enqueue(kind=KIND, source_id=0)
    assert mail.send_due() == 1
    assert (written, outbox_of_django.outbox) == ([0], [])
    assert MailJob.objects.get().done_at is not None


def test_a_process_that_dies_between_claim_and_sending_loses_no_mail() -> None:
    mail.enqueue(kind=KIND, source_id=1)
    assert queue.claim(MailJob.objects.all()) is not None
    assert mail.send_due() == 0, "the claim holds"
    with time_machine.travel(timezone.now() + MailJob.LEASE + timedelta(seconds=1)):
        assert mail.send_due() == 1
    assert len(outbox_of_django.outbox) == 1


def test_sent_mails_are_forgotten_after_a_month_and_those_that_wait_are_kept() -> None:
    mail.enqueue(kind=KIND, source_id=1)
    mail.send_due()
    mail.enqueue(kind=KIND, source_id=2)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert mail.remove_sent() == 1
    assert [job.source_id for job in MailJob.objects.all()] == [2]


def test_a_mail_carries_its_attachments_with_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        mail.Attachment("täg.html", "<p>grüß dich</p>".encode(), "text/html"),
        mail.Attachment("a.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar; method=PUBLISH"),
        mail.Attachment("a.png", b"\x89PNG", "image/png"),
    ]
    template = "accounts/account_exists"
    mail.send(mail.Mail(template, "Hello", "ada@people.example", attachments=files))
    mail.send(mail.Mail(template, "Hello", "ada@people.example"))
    full: Any
    full, bare = (one.message() for one in outbox_of_django.outbox)
    assert bare.get_content_type() == "multipart/alternative"
    text, *attached = full.get_payload()
    assert [part.get_content_type() for part in text.get_payload()] == ["text/plain", "text/html"]
    assert [(one.get_filename(), one.get_content_type()) for one in attached] == [
        ("täg.html", "text/html"),
        ("a.ics", "text/calendar"),
        ("a.png", "image/png"),
    ]
    assert attached[1].get_param("method") == "PUBLISH"
    assert [one.get_payload(decode=True).replace(b"\r\n", b"\n") for one in attached] == [
        "<p>grüß dich</p>".encode(),
        b"BEGIN:VCALENDAR\nEND:VCALENDAR\n",
        b"\x89PNG",
    ]
