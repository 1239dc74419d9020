"""A person's calendar feed: their events and roles, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import RateLimited
from domains.events import selectors, services, tokens
from domains.events.models import Event
from domains.events.selectors import calendars
from domains.events.services.read_calendar_feed import MAX_READS
from domains.opportunities.models import HostMembership, MembershipRole
from tests.factories import (
    ApplicationFactory,
    CalendarFeedFactory,
    EventFactory,
    EventTicketFactory,
    HostMembershipFactory,
    UserFactory,
)
from tests.icalendars import entries_of, read_calendar
from tests.sql import statements_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return UserFactory(display_name="Maya Torres")


def token_of(person: User, number: int = 0) -> str:
    url = tokens.feed_url(user_id=person.pk, account_made_at=person.created_at, number=number)
    return urlsplit(url).path.removeprefix("/calendar/feeds/").removesuffix(".ics")


def feed_of(person: User) -> dict[str, Any]:
    """Return the entries of the feed by the beginnings of their UIDs, such as `event-7`."""
    content = services.read_calendar_feed(token=token_of(person))
    assert content is not None
    entries = entries_of(content)
    found = {str(entry["UID"]).partition("@")[0]: entry for entry in entries}
    assert len(found) == len(entries), "each UID once"
    return found


@pytest.mark.parametrize(
    ("status", "shown"), [("ISSUED", "CONFIRMED"), ("OFFERED", "TENTATIVE"), ("WAITLISTED", "TENTATIVE")]
)
def test_it_has_the_events_that_the_person_has_a_ticket_to(person: User, status: str, shown: str) -> None:
    ticket = EventTicketFactory(attendee=person, status=status)
    EventTicketFactory(event=ticket.event)
    EventTicketFactory()
    (entry,) = feed_of(person).values()
    assert entry["UID"].startswith(f"event-{ticket.event_id}@")
    assert entry["STATUS"] == shown
    assert ("waitlist" in entry["DESCRIPTION"]) is (status == "WAITLISTED")
    assert ("offered" in entry["DESCRIPTION"]) is (status == "OFFERED")
    assert entry["TRANSP"] == ("TRANSPARENT" if status == "WAITLISTED" else "OPAQUE")


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("ACCEPTED", "CONFIRMED"),
        ("COMPLETED", "CONFIRMED"),
        ("OFFERED", "TENTATIVE"),
        ("APPLIED", None),
        ("SHORTLISTED", None),
        ("WAITLISTED", None),
        ("DECLINED", None),
    ],
)
def test_it_has_the_slots_and_offers_of_roles(person: User, status: str, shown: str | None) -> None:
    application = ApplicationFactory(volunteer=person, status=status)
    ApplicationFactory(role=application.role, status="ACCEPTED")
    entries = feed_of(person)
    assert set(entries) == ({f"role-slot-{application.pk}"} if shown else set())
    assert [entry["STATUS"] for entry in entries.values()] == ([shown] if shown else [])


def test_a_slot_that_was_lost_is_canceled_for_two_weeks(person: User) -> None:
    application = ApplicationFactory(volunteer=person, status="ACCEPTED")
    application.status = "WITHDRAWN"
    application.save()
    now = timezone.now()
    for days, shown in ((13, ["CANCELLED"]), (15, [])):
        application.history.update(at=now - timedelta(days=days))
        assert [entry["STATUS"] for entry in feed_of(person).values()] == shown


def test_what_was_canceled_is_shown_as_that_for_two_weeks(person: User) -> None:
    now = timezone.now()
    own = EventTicketFactory(attendee=person, status="CANCELLED", cancelled_at=now)
    called_off = EventTicketFactory(
        attendee=person, status="CANCELLED", cancelled_at=now, event__status="CANCELLED", event__cancelled_at=now
    )
    old = now - calendars.CANCELLED_SHOWN - timedelta(hours=1)
    EventTicketFactory(attendee=person, status="CANCELLED", cancelled_at=old)
    entries = feed_of(person)
    assert set(entries) == {f"event-{own.event_id}", f"event-{called_off.event_id}"}
    assert {entry["STATUS"] for entry in entries.values()} == {"CANCELLED"}


def test_a_new_ticket_to_the_same_event_counts_and_not_the_canceled_one(person: User) -> None:
    ticket = EventTicketFactory(attendee=person)
    for _ in range(2):
        EventTicketFactory(attendee=person, event=ticket.event, status="CANCELLED", claimed_at=ticket.claimed_at)
    assert [entry["STATUS"] for entry in feed_of(person).values()] == ["CONFIRMED"]


def test_it_has_the_events_that_the_person_created_and_still_manages(person: User) -> None:
    alone = EventFactory(organization=None, host=person)
    membership = HostMembershipFactory(user=person, role=MembershipRole.COORDINATOR)
    own = EventFactory(organization=membership.host, host=person)
    EventFactory(organization=membership.host)  # somebody else created it
    EventFactory(organization=membership.host, host=person, draft=True)
    EventTicketFactory(event=alone, attendee=person, status="WAITLISTED")
    entries = feed_of(person)
    assert {name: entry["STATUS"] for name, entry in entries.items()} == {
        f"event-{alone.pk}": "CONFIRMED",
        f"event-{own.pk}": "CONFIRMED",
    }
    HostMembership.objects.filter(pk=membership.pk).update(role=MembershipRole.SCANNER)
    assert set(feed_of(person)) == {f"event-{alone.pk}"}


def test_it_has_ninety_days_of_the_past_and_the_first_entries_to_come(
    person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    for days in (-92, -89, 1, 2, 3):
        EventTicketFactory(attendee=person, event__event_date=now + timedelta(days=days), event__title=f"Day {days}")
    ApplicationFactory(volunteer=person, status="ACCEPTED", role__opportunity__start_date=now + timedelta(days=1.5))
    assert len(feed_of(person)) == 5
    monkeypatch.setattr(calendars, "MAX_ENTRIES", 3)
    titles = [str(entry["SUMMARY"]) for entry in feed_of(person).values()]
    assert titles[:2] == ["Day -89", "Day 1"]
    assert len(titles) == 3
    assert titles[2].startswith("Plant street trees")


def test_long_descriptions_are_cut(person: User) -> None:
    EventTicketFactory(attendee=person, event__description="é" * 5_000)
    (entry,) = feed_of(person).values()
    assert entry["DESCRIPTION"] == "é" * (calendars.MAX_DESCRIPTION_LENGTH - 1) + "…"


def test_it_says_what_it_holds_and_how_often_to_read_it_and_not_whose_it_is(person: User) -> None:
    EventTicketFactory(attendee=person)
    content = services.read_calendar_feed(token=token_of(person))
    assert content is not None
    calendar = read_calendar(content)
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "MishMob"
    assert "500 entries at most" in calendar["X-WR-CALDESC"]
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in content
    for word in (b"Maya", person.email.encode(), b"tickets/", b"TICKET"):
        assert word not in content


def test_it_costs_the_same_with_one_entry_and_with_many(person: User) -> None:
    def fill() -> None:
        EventTicketFactory(attendee=person)
        EventTicketFactory(attendee=person, status="CANCELLED")
        EventFactory(organization=None, host=person)
        ApplicationFactory(volunteer=person, status="ACCEPTED")

    fill()
    one = statements_of(lambda: feed_of(person))
    for _ in range(4):
        fill()
    many = statements_of(lambda: feed_of(person))
    assert len(one) == len(many) == 4
    assert len(feed_of(person)) == 20


def test_the_entry_is_that_of_the_public_file(person: User) -> None:
    ticket = EventTicketFactory(attendee=person)
    public = selectors.find_event_entry(event_id=ticket.event_id)
    assert public
    (entry,) = feed_of(person).values()
    assert entry["UID"] == public.uid
    assert entry["SEQUENCE"] == public.revision


def test_an_address_stops_working_when_it_is_replaced_or_the_account_is_closed(person: User) -> None:
    EventTicketFactory(attendee=person)
    old = token_of(person)
    assert services.read_calendar_feed(token=old)
    CalendarFeedFactory(user=person, number=1)
    assert services.read_calendar_feed(token=old) is None
    assert services.read_calendar_feed(token=token_of(person, 1))
    assert services.read_calendar_feed(token=token_of(person, 2)) is None
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert services.read_calendar_feed(token=token_of(person, 1)) is None


def test_an_account_that_got_the_number_of_an_erased_one_has_another_address(person: User) -> None:
    old = token_of(person)
    User.objects.filter(pk=person.pk).update(created_at=person.created_at + timedelta(seconds=1))
    assert services.read_calendar_feed(token=old) is None


def test_forged_addresses_lead_nowhere_and_cost_no_statement(person: User) -> None:
    good = token_of(person)
    value, signature = good.rsplit(":", 1)
    sealed, number, made_at = value.split(".")
    ticket = EventTicketFactory()
    mailed = tokens.mailed_ticket_url(ticket).rpartition("/")[2]
    forged = [
        f"{sealed}.{int(number) + 1}.{made_at}:{signature}",
        f"{value}:{'A' * len(signature)}",
        value,
        mailed,
        "x" * 10_000,
        "",
        "\x00",
    ]
    assert statements_of(lambda: [services.read_calendar_feed(token=one) for one in forged]) == []
    assert [services.read_calendar_feed(token=one) for one in forged] == [None] * len(forged)


@pytest.mark.usefixtures("one_window")
def test_it_may_be_read_so_often_and_others_are_not_held_up(person: User, settings: Any) -> None:
    settings.RATE_LIMITS = True
    other = UserFactory()
    for _ in range(MAX_READS):
        assert services.read_calendar_feed(token=token_of(person))
    with pytest.raises(RateLimited):
        services.read_calendar_feed(token=token_of(person))
    assert services.read_calendar_feed(token=token_of(other))


def test_a_change_of_the_ticket_is_a_change_of_the_entry(person: User) -> None:
    ticket = EventTicketFactory(attendee=person, status="WAITLISTED")
    Event.objects.update(updated_at=datetime(2020, 1, 1, tzinfo=UTC))
    ticket.status, ticket.issued_at = "ISSUED", datetime(2026, 2, 1, tzinfo=UTC)
    ticket.claimed_at = datetime(2026, 1, 1, tzinfo=UTC)
    ticket.save()
    (entry,) = feed_of(person).values()
    assert entry["LAST-MODIFIED"].dt == ticket.issued_at
