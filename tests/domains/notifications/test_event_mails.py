"""The mails about events and tickets: to each holder once, with the old and the new values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from domains.base.personal_data import ErasedPerson
from domains.events.models import Event, TicketStatus
from domains.events.selectors import find_event_entry
from domains.events.services import EventChanges, cancel_event, erase_attendee, update_event
from domains.notifications.models import Notification, NotificationKind
from tests.domains.notifications.mails import sent, tell
from tests.factories import EventFactory, EventTicketFactory, PreferenceFactory, UserFactory, creator_of
from tests.icalendars import read_calendar

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2031, 5, 4, 10, tzinfo=UTC)


def change(event: Event, **changes: Any) -> None:
    update_event(actor=creator_of(event), event_id=event.pk, changes=EventChanges(**changes))


def test_ticket_holders_read_what_was_and_what_is_now() -> None:
    event = EventFactory(title="Trees & <i>shade</i>", event_date=START)
    tickets = {status: EventTicketFactory(event=event, status=status) for status in TicketStatus}
    EventTicketFactory(event=event, attendee__is_active=False)
    EventTicketFactory()
    change(event, event_date=START + timedelta(hours=1), location="The <b>other</b> bank", location_zip="")
    holders = [ticket.attendee.email for status, ticket in tickets.items() if status != TicketStatus.CANCELLED]
    assert sorted(to for to, _, _ in sent()) == sorted([email] for email in holders)
    _, text, html = sent()[0]
    for line in (
        "Begins: 4 May 2031, 03:00 PDT, from now on: 4 May 2031, 04:00 PDT",
        "Location: Precita Park, from now on: The <b>other</b> bank",
        "ZIP code: 94110, from now on: not said",
    ):
        assert line in text
    assert "Ends" not in text
    assert "Trees &amp; &lt;i&gt;shade&lt;/i&gt;" in html
    assert "<strong>The &lt;b&gt;other&lt;/b&gt; bank</strong>" in html


def test_a_canceled_event_names_who_canceled_it_and_why() -> None:
    event = EventTicketFactory(event__event_date=START, event__title="Street picnic").event
    cancel_event(actor=creator_of(event), event_id=event.pk, reason="It rains.")
    ((_, text, _),) = sent()
    assert event.organization
    assert f'{event.organization.organization_name} canceled "Street picnic"' in text
    assert "4 May 2031, 03:00 PDT. Your ticket is no longer valid." in text
    assert "The reason: It rains." in text


def test_an_offer_names_its_deadline_and_is_mailed_only_while_it_stands() -> None:
    deadline = datetime(2031, 5, 3, 10, tzinfo=UTC)
    ticket = EventTicketFactory(status=TicketStatus.OFFERED, offer_expires_at=deadline, event__title="Picnic")
    tell("ticket_offered", ticket.pk)
    ((to, text, _),) = sent()
    assert to == [ticket.attendee.email]
    assert "it is held for you until 3 May 2031, 03:00 PDT" in text
    news = Notification.objects.get()
    assert (news.kind, news.subject_type) == (NotificationKind.TICKET_OFFERED, "EventTicket")
    answered = EventTicketFactory(status=TicketStatus.ISSUED)
    tell("ticket_offered", answered.pk)
    assert Notification.objects.count() == 1


def test_a_revoked_ticket_says_so_with_the_reason() -> None:
    ticket = EventTicketFactory(
        status=TicketStatus.CANCELLED, revoked_at=timezone.now(), revoked_reason="It was sold.", event__title="Picnic"
    )
    tell("ticket_revoked", ticket.pk)
    ((_, text, _),) = sent()
    assert "Your ticket was revoked: Picnic" in text
    assert "The organizers write: It was sold." in text


def test_holders_hear_of_an_event_that_goes_with_its_creators_account_but_not_its_title() -> None:
    event = EventFactory(organization=None, title="Adas garden", event_date=START)
    holder = EventTicketFactory(event=event).attendee
    EventTicketFactory(event=event, attendee=event.host)
    EventTicketFactory(event=event, status=TicketStatus.CANCELLED)
    over = EventTicketFactory(event=EventFactory(organization=None, host=event.host, past=True))
    with transaction.atomic():
        erase_attendee(ErasedPerson(user_id=creator_of(event).pk, closed_at=timezone.now()))
    assert not Event.objects.filter(pk__in=[event.pk, over.event_id]).exists()
    ((to, text, _),) = sent()
    assert to == [holder.email]
    assert "It was to begin on 4 May 2031, 10:00 UTC" in text
    assert "garden" not in text


def test_each_change_is_told_once_however_often_the_fact_is_delivered() -> None:
    event = EventTicketFactory().event
    change(event, location="Elsewhere")
    tell("event_changed", event.changes.get().pk)
    assert len(sent()) == 1


def test_people_who_want_no_such_mails_get_none() -> None:
    holder = UserFactory()
    event = EventTicketFactory(attendee=holder).event
    PreferenceFactory(user=holder, kind=NotificationKind.EVENT_CHANGED, email=False)
    change(event, location="Elsewhere")
    assert sent() == []


def test_mails_about_a_change_bring_the_new_entry_and_those_about_a_cancellation_remove_it() -> None:
    event = EventFactory(event_date=START)
    tickets = {status: EventTicketFactory(event=event, status=status) for status in TicketStatus}
    holder = tickets[TicketStatus.ISSUED].attendee.email
    change(event, location="Elsewhere")
    updated = files_by_receiver()
    cancel_event(actor=creator_of(event), event_id=event.pk)
    removed = files_by_receiver()
    assert updated.keys() == removed.keys() == {one.attendee.email for one in tickets.values() if not one.cancelled_at}
    for files, method, status, sequence in ((updated, "PUBLISH", "CONFIRMED", 1), (removed, "CANCEL", "CANCELLED", 2)):
        # The others never got an entry by mail.
        assert [receiver for receiver, attached in files.items() if attached] == [holder]
        ((_, content, media_type),) = files[holder]
        assert media_type == f"text/calendar; method={method}"
        calendar = read_calendar(content)
        (entry,) = calendar.walk("VEVENT")
        assert (calendar["METHOD"], entry["STATUS"], entry["SEQUENCE"]) == (method, status, sequence)
        public = find_event_entry(event_id=event.pk)
        assert public
        assert entry["UID"] == public.uid


def files_by_receiver() -> dict[str, Any]:
    """Return the attachments of each mail that was sent since the last call, by its receiver."""
    messages = [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]
    mail.outbox.clear()
    return {message.to[0]: message.attachments for message in messages}
