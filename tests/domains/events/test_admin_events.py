"""The admin's page of an event: its numbers and chart; no change past the services; and a way to cancel it."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from domains.base.models import OutboxEntry
from domains.events.admin.chart import Chart, draw_chart
from domains.events.admin.events import EventAdmin
from domains.events.models import Event, EventTicket, FormerCode, ScanDirection, ScanOutcome
from domains.events.selectors import Passages, count_passages, count_tickets, event_time_zone
from tests.factories import (
    EventFactory,
    EventTicketFactory,
    FormerCodeFactory,
    OpportunityHostFactory,
    ScanFactory,
    UserFactory,
)
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:events_event_changelist")
SVG = "{http://www.w3.org/2000/svg}"
HOUR = timedelta(hours=1)
SETTLED = {
    "status", "cancelled_reason", "event_date_0", "event_date", "end_date", "location", "location_zip", "latitude",
    "longitude", "max_attendees", "host", "organization", "opportunity",
}  # fmt: skip


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory(superuser=True))
    return client


def page(row: Any, action: str = "change") -> str:
    return reverse(f"admin:events_{row._meta.model_name}_{action}", args=[row.pk])


def fields_of(desk: Client, event: Event) -> set[str]:
    return set(desk.get(page(event)).context["adminform"].form.fields)


def event_at(begins: datetime, length: timedelta = 3 * HOUR, **fields: Any) -> Event:
    return EventFactory(event_date=begins, end_date=begins + length, **fields)


def passed(event: Event, at: datetime, direction: str = "ENTRY", outcome: str | None = None) -> None:
    ticket = EventTicketFactory(event=event)
    usual = ScanOutcome.ADMITTED if direction == "ENTRY" else ScanOutcome.EXITED
    ScanFactory(ticket=ticket, scanned_at=at, direction=direction, outcome=outcome or usual)


def chart_of(event: Event) -> Chart:
    return draw_chart(event, count_passages(event=event), event_time_zone(event))


def test_a_change_of_words_takes_back_nothing_that_happened_since_the_event_was_read(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, save = EventFactory(), EventAdmin.save_model

    def save_later(self: EventAdmin, request: Any, obj: Event, *args: Any) -> None:
        EventTicketFactory(event=Event.objects.get(pk=event.pk))
        Event.objects.filter(pk=event.pk).update(status="CANCELLED", cancelled_at=timezone.now())
        save(self, request, obj, *args)

    monkeypatch.setattr(EventAdmin, "save_model", save_later)
    assert desk.post(page(event), {"title": "Renamed", "event_type": "MEETUP"}).status_code == 302
    event.refresh_from_db()
    assert (event.title, event.event_type, event.status, event.tickets_taken) == ("Renamed", "MEETUP", "CANCELLED", 1)


def test_what_is_published_keeps_what_ticket_holders_rely_on(desk: Client) -> None:
    published, draft, canceled = EventFactory(), EventFactory(draft=True), EventFactory(status="CANCELLED")
    for event in (published, canceled):
        assert fields_of(desk, event) == {"title", "description", "event_type"}
    assert fields_of(desk, draft) >= SETTLED - {"status", "cancelled_reason", "event_date_0"}
    assert fields_of(desk, draft).isdisjoint({"status", "cancelled_reason"})
    form = {"title": "Renamed", "event_type": "COMMUNITY", "status": "CANCELLED", "location": "Elsewhere"}
    before: dict[str, Any] = dict(Event.objects.values().get(pk=published.pk))
    assert desk.post(page(published), form).status_code == 302
    after = Event.objects.values().get(pk=published.pk)
    assert {name for name, value in after.items() if value != before[name]} == {"title", "description", "updated_at"}


def test_an_event_made_by_staff_is_a_draft_and_only_drafts_are_deleted(desk: Client) -> None:
    host = OpportunityHostFactory()
    form = {
        "title": "Street picnic", "event_type": "COMMUNITY", "organization": host.pk, "location_zip": "94110",
        "event_date_0": "2031-05-04", "event_date_1": "10:00", "end_date_0": "2031-05-04", "end_date_1": "12:00",
        "status": "PUBLISHED",
    }  # fmt: skip
    assert desk.post(reverse("admin:events_event_add"), form).status_code == 302
    draft = Event.objects.get()
    assert (draft.status, draft.organization) == ("DRAFT", host)
    published = EventFactory()
    assert desk.post(page(published, "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [draft.pk, published.pk], "post": "yes"}
    desk.post(LIST, chosen)
    assert Event.objects.count() == 2
    assert desk.post(page(draft, "delete"), {"post": "yes"}).status_code == 302
    assert Event.objects.get() == published


def cancel(desk: Client, *events: Event, **more: str) -> Any:
    chosen = {"action": "cancel", "_selected_action": [event.pk for event in events], **more}
    return desk.post(LIST, chosen, follow=True)


def test_canceling_asks_for_the_reason_and_then_goes_through_the_service(desk: Client) -> None:
    event = EventFactory(title="Picnic & more")
    ticket = EventTicketFactory(event=event)
    asked = cancel(desk, event)
    assert "Picnic &amp; more" in asked.content.decode()
    assert 'name="reason"' in asked.content.decode()
    event.refresh_from_db()
    assert event.status == "PUBLISHED"
    done = cancel(desk, event, confirmed="yes", reason="A  storm is coming.")
    assert "canceled." in done.content.decode()
    event.refresh_from_db()
    ticket.refresh_from_db()
    assert (event.status, event.cancelled_reason, event.tickets_taken) == ("CANCELLED", "A storm is coming.", 0)
    assert (ticket.status, ticket.cancelled_at) == ("CANCELLED", event.cancelled_at)
    assert OutboxEntry.objects.filter(fact="events.EventCancelled").count() == 1
    assert LogEntry.objects.get().change_message == "Canceled."


def test_what_cannot_be_canceled_is_named_and_the_others_are_canceled(desk: Client) -> None:
    draft, over, coming = EventFactory(draft=True), EventFactory(past=True), EventFactory()
    told = cancel(desk, draft, over, coming, confirmed="yes", reason="").content.decode()
    assert "is a draft" in told
    assert "is over" in told
    states = {event.pk: event.status.value for event in Event.objects.all()}
    assert states == {draft.pk: "DRAFT", over.pk: "PUBLISHED", coming.pk: "CANCELLED"}


def test_a_reason_that_is_too_long_is_asked_again(desk: Client) -> None:
    event = EventFactory()
    assert "at most 500 characters" in cancel(desk, event, confirmed="yes", reason="x" * 501).content.decode()
    event.refresh_from_db()
    assert event.status == "PUBLISHED"


def test_staff_who_may_only_look_cancel_nothing(client: Client) -> None:
    client.force_login(UserFactory(is_staff=True, rights=["events.view_event"]))
    event = EventFactory()
    cancel(client, event, confirmed="yes", reason="")
    event.refresh_from_db()
    assert event.status == "PUBLISHED"
    shown = client.get(page(event)).content.decode()
    assert "Tickets and check-in" in shown
    assert "Attendees</a>" not in shown


def test_former_codes_stay_with_the_holder(desk: Client) -> None:
    former: FormerCode = FormerCodeFactory()
    shown = desk.get(page(former)).content.decode()
    assert former.ticket_code not in shown
    assert former.code_random not in shown


def test_the_page_says_how_many_tickets_there_are_and_who_is_inside(desk: Client) -> None:
    event = event_at(timezone.now() - HOUR)
    EventTicketFactory.create_batch(2, event=event)
    EventTicketFactory.create_batch(2, event=event, checked_in=True)
    EventTicketFactory(event=event, checked_in=True, is_inside=False)
    for status in ("WAITLISTED", "OFFERED", "CANCELLED", "CANCELLED"):
        EventTicketFactory(event=event, status=status)
    EventTicketFactory(checked_in=True)
    counts = count_tickets(event=event)
    assert (counts.issued, counts.offered, counts.waitlisted, counts.canceled) == (5, 1, 1, 2)
    assert (counts.checked_in, counts.inside) == (3, 2)
    shown = re.sub(r"<[^>]+>|\s+", " ", desk.get(page(event)).content.decode())
    assert re.search(r"Issued +5 +Offered +1 +On the waitlist +1 +Canceled +2 +Checked in +3 +Inside +2", shown)


def test_the_page_costs_the_same_however_many_scans_there_are(desk: Client) -> None:
    event = event_at(timezone.now() - HOUR)

    def cost(number: int) -> int:
        for count in range(number):
            passed(event, event.event_date + count * timedelta(minutes=20))
        return len(statements_of(lambda: desk.get(page(event))))

    cost(1)  # fills the cache of content types
    assert cost(1) == cost(8)


def svg_of(desk: Client, event: Event) -> ET.Element:
    found = re.search(r"<svg xmlns[^>]+role=\"img\".*?</svg>", desk.get(page(event)).content.decode(), re.DOTALL)
    assert found
    return ET.fromstring(found[0])


def test_the_chart_counts_by_local_hour_those_who_passed_and_says_so_to_screen_readers(desk: Client) -> None:
    event = event_at(datetime(2026, 5, 4, 16, tzinfo=UTC))
    for minute in (-61, 1, 2, 59):
        passed(event, event.event_date + timedelta(minutes=minute))
    passed(event, event.event_date + timedelta(minutes=3), outcome="ALREADY_CHECKED_IN")
    passed(event, event.event_date + timedelta(minutes=4), outcome="REVOKED")
    passed(event, event.event_date + 4 * HOUR, ScanDirection.EXIT)
    chart = chart_of(event)
    assert [(bar.label, bar.entries, bar.exits) for bar in chart.rows] == [
        ("Mon 4 May, 07:00", 1, 0), ("Mon 4 May, 09:00", 3, 0), ("Mon 4 May, 13:00", 0, 1)
    ]  # fmt: skip
    assert (chart.unit, chart.zone, len(chart.bars)) == ("hour", "America/Los_Angeles", 7)
    drawn = svg_of(desk, event)
    assert drawn.attrib["role"] == "img"
    ids = drawn.attrib["aria-labelledby"].split()
    assert [drawn.find(f"{SVG}{name}").attrib["id"] for name in ("title", "desc")] == ids  # type: ignore[union-attr]
    assert drawn.findtext(f"{SVG}desc") == ("4 entries and 1 exit. Most entries in one hour: 3, Mon 4 May, 09:00.")
    assert len(list(drawn.iter(f"{SVG}rect"))) == 3


def test_the_times_beside_the_chart_are_local_like_its_hours(desk: Client) -> None:
    event = event_at(datetime(2026, 5, 4, 16, tzinfo=UTC))
    shown = desk.get(page(event)).content.decode()
    assert re.search(r"The event: Monday, 4 May 2026, 09:00 to \d\d:00 PDT\.", shown)


def test_the_bars_are_as_high_as_their_numbers_and_inside_the_drawing(desk: Client) -> None:
    event = event_at(datetime(2026, 5, 4, 16, tzinfo=UTC))
    for number, direction in ((6, "ENTRY"), (3, "EXIT")):
        for _ in range(number):
            passed(event, event.event_date, direction)
    bar = chart_of(event).rows[0]
    assert bar.entries_height == pytest.approx(2 * bar.exits_height)
    for rect in svg_of(desk, event).iter(f"{SVG}rect"):
        x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert width > 0
        assert y + height <= chart_of(event).bottom + 0.01


def test_without_scans_the_chart_shows_the_hours_of_the_event(desk: Client) -> None:
    event = event_at(datetime(2026, 5, 4, 16, 30, tzinfo=UTC), 2 * HOUR, location_zip="")
    chart = chart_of(event)
    assert (chart.rows, len(chart.bars), chart.zone) == ([], 3, "UTC")
    assert chart.summary == "Nobody was let in or out yet."
    assert list(svg_of(desk, event).iter(f"{SVG}rect")) == []
    assert "as a table" not in desk.get(page(event)).content.decode()


@pytest.mark.parametrize(
    ("hours", "unit", "bars"),
    [(1, "hour", 1), (48, "hour", 48), (72, "hour", 72), (73, "day", 4), (24 * 366, "day", 367)],
)
def test_long_events_are_drawn_by_day_and_no_drawing_is_endless(hours: int, unit: str, bars: int) -> None:
    event = event_at(datetime(2026, 5, 4, 16, tzinfo=UTC), hours * HOUR)
    chart = chart_of(event)
    assert (chart.unit, len(chart.bars)) == (unit, bars)
    assert chart.width <= 1600
    labels = [*chart.hours, *chart.days]
    assert all(0 <= label.x <= chart.width for label in labels)
    assert len(chart.days) >= 1
    for row in (chart.hours, chart.days):
        assert all(other.x - one.x >= 30 for one, other in itertools.pairwise(row))


def test_over_the_end_of_summer_time_each_real_hour_has_its_bar() -> None:
    event = event_at(datetime(2026, 11, 1, 6, tzinfo=UTC), 6 * HOUR)
    for hour in range(6):
        passed(event, event.event_date + hour * HOUR)
    assert [bar.label[-5:] for bar in chart_of(event).rows] == ["23:00", "00:00", "01:00", "01:00", "02:00", "03:00"]


def test_days_are_those_at_the_location() -> None:
    event = Event(event_date=datetime(2026, 5, 4, 16, tzinfo=UTC), end_date=datetime(2026, 5, 9, 16, tzinfo=UTC))
    event.location_zip = "94110"
    hours = [datetime(2026, 5, 5, 6, tzinfo=UTC), datetime(2026, 5, 5, 7, tzinfo=UTC)]
    chart = draw_chart(event, [Passages(hour, 2, 1) for hour in hours], event_time_zone(event))
    assert [(bar.label, bar.entries, bar.exits) for bar in chart.rows] == [("Mon 4 May", 2, 1), ("Tue 5 May", 2, 1)]


def test_a_ticket_is_read_only(desk: Client) -> None:
    ticket = EventTicketFactory()
    assert desk.post(page(ticket), {"status": "CANCELLED"}).status_code == 403
    assert EventTicket.objects.get().status == "ISSUED"
