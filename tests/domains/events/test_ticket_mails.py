"""The mail with a ticket: once when it is issued, once for each new code, and none for what lets nobody in."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail as outbox_of_django
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.test import Client
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus, mail
from domains.base.models import MailJob, OutboxEntry
from domains.events import facts, selectors, services
from domains.events.codes import code_of
from domains.events.models import Event, EventTicket, FormerCode
from domains.events.qr_images import group_letters
from tests.factories import EventTicketFactory
from tests.icalendars import entries_of
from tests.qr_codes import read_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> EventTicket:
    return EventTicketFactory(
        attendee__display_name="Maya <b>Torres</b>", event__title="Tea & cake", event__location="Precita Park"
    )


def rotate(ticket: EventTicket) -> FormerCode:
    """Give the ticket a new code; return the former one."""
    services.rotate_ticket(actor=ticket.attendee, ticket_id=ticket.pk)
    ticket.refresh_from_db()
    return ticket.former_codes.latest("pk")


def sent() -> Any:
    """Send what is due; return the one mail."""
    mail.send_due()
    (message,) = outbox_of_django.outbox
    outbox_of_django.outbox.clear()
    return message


def test_it_has_the_link_the_page_and_the_calendar_entry(ticket: EventTicket, client: Client, tmp_path: Path) -> None:
    services.queue_ticket_mail(ticket_id=ticket.pk)
    message = sent()
    assert message.to == [ticket.attendee.email]
    assert message.subject == "Your ticket: Tea & cake"
    html = message.alternatives[0].content
    assert "Maya &lt;b&gt;Torres&lt;/b&gt;" in html
    assert "Maya <b>Torres</b>" in message.body
    letters = group_letters(ticket.ticket_code)
    for text in (message.body, html):
        assert letters in text
        assert "Cancel the ticket" in text
    (link,) = re.findall(r"http\S+/tickets/\S+", message.body)
    assert link in html
    online = client.get(urlsplit(link).path)
    assert online.status_code == 200
    (page_name, page, page_type), (file_name, file, file_type) = message.attachments
    assert (page_name, page_type) == ("Ticket Tea & cake.html", "text/html")
    assert page == online.content.decode(), "the same page"
    (image,) = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    assert read_bytes(b64decode(image), tmp_path) == code_of(ticket)
    assert (file_name, file_type) == ("Tea & cake.ics", "text/calendar; method=PUBLISH")
    (entry,) = entries_of(file)
    public = selectors.find_event_entry(event_id=ticket.event_id)
    assert public
    assert entry["UID"] == public.uid


def test_the_attached_page_needs_no_network(ticket: EventTicket) -> None:
    services.queue_ticket_mail(ticket_id=ticket.pk)
    page = sent().attachments[0][1]
    assert "<script" not in page
    loads = re.findall(r'(?:src|href)="([^"]+)"', page) + re.findall(r"url\(([^)]+)\)", page)
    (link,) = [one for one in loads if not one.startswith("data:")]
    assert link.endswith(f"/calendar/events/{ticket.event_id}.ics"), "a link to follow"


def test_each_occasion_has_one_mail(ticket: EventTicket) -> None:
    for _ in range(2):
        services.queue_ticket_mail(ticket_id=ticket.pk)
        mail.send_due()
    first = outbox_of_django.outbox.pop()
    assert outbox_of_django.outbox == []
    former = rotate(ticket)
    for _ in range(2):
        services.queue_ticket_mail(ticket_id=ticket.pk, former_code_id=former.pk)
        mail.send_due()
    second = outbox_of_django.outbox.pop()
    assert outbox_of_django.outbox == []
    assert group_letters(former.ticket_code) in first.body
    assert group_letters(ticket.ticket_code) in second.body
    assert group_letters(former.ticket_code) not in str(second.message())
    assert "new code" in second.body


def test_a_code_that_was_replaced_before_its_mail_went_out_has_none(ticket: EventTicket) -> None:
    services.queue_ticket_mail(ticket_id=ticket.pk)
    for former in (rotate(ticket), rotate(ticket)):
        services.queue_ticket_mail(ticket_id=ticket.pk, former_code_id=former.pk)
    assert group_letters(ticket.ticket_code) in sent().body
    assert not MailJob.objects.filter(done_at__isnull=True).exists()


def cancel(ticket: EventTicket) -> None:
    EventTicket.objects.filter(pk=ticket.pk).update(status="CANCELLED", cancelled_at=timezone.now())


def cancel_event(ticket: EventTicket) -> None:
    Event.objects.filter(pk=ticket.event_id).update(status="CANCELLED", cancelled_at=timezone.now())


def end_event(ticket: EventTicket) -> None:
    past = timezone.now() - timedelta(days=1)
    Event.objects.filter(pk=ticket.event_id).update(event_date=past - timedelta(hours=1), end_date=past)


def close_account(ticket: EventTicket) -> None:
    User.objects.filter(pk=ticket.attendee_id).update(is_active=False)


def lose_address(ticket: EventTicket) -> None:
    ticket.attendee.emailaddress_set.update(verified=False)


def remove(ticket: EventTicket) -> None:
    ticket.delete()


@pytest.mark.parametrize("what", [cancel, cancel_event, end_event, close_account, lose_address, remove])
def test_no_mail_is_sent_if_it_is_not_wanted_any_more(ticket: EventTicket, what: Any) -> None:
    services.queue_ticket_mail(ticket_id=ticket.pk)
    what(ticket)
    assert mail.send_due() == 1
    assert outbox_of_django.outbox == []
    assert MailJob.objects.get().done_at is not None


@pytest.mark.parametrize("status", ["WAITLISTED", "OFFERED"])
def test_a_ticket_that_is_not_issued_has_no_mail(status: str) -> None:
    services.queue_ticket_mail(ticket_id=EventTicketFactory(status=status).pk)
    mail.send_due()
    assert outbox_of_django.outbox == []


def test_neither_the_queues_nor_the_log_hold_a_code(
    ticket: EventTicket, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.queue_ticket_mail(ticket_id=ticket.pk)
    with monkeypatch.context() as broken, caplog.at_level("DEBUG"):
        broken.setattr(EmailMultiAlternatives, "send", lambda _: 1 / 0)
        mail.send_due()
    assert "MailJob" in caplog.text
    kept = str([*MailJob.objects.values(), *OutboxEntry.objects.values()]) + caplog.text
    for secret in (ticket.ticket_code, group_letters(ticket.ticket_code), ticket.code_random, code_of(ticket)):
        assert secret not in kept


def test_facts_ask_for_the_mails(ticket: EventTicket, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        bus.publish(facts.TicketIssued(ticket_id=ticket.pk))
    first = sent()
    former = rotate(ticket)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        bus.publish(facts.TicketRotated(ticket_id=ticket.pk, former_code_id=former.pk))
    assert first.body != sent().body
