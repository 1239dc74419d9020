"""Events, with tickets, waitlists and check-ins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.demo.community import Community, read_content
from domains.accounts.models import User
from domains.events.models import Event, EventStatus, EventTicket, EventType, Scan, ScanOutcome, TicketStatus

#: Percentage of ticket holders who attend.
ATTENDANCE_PERCENT = 85
#: Percentage of ticket holders who have come already, while the event goes on.
ARRIVED_PERCENT = 40


def load_events(community: Community) -> None:
    """Load every event of the content, with its tickets counted."""
    contents = read_content("events")["event"]
    community.events = [_make_event(community, content) for content in contents]
    tickets = [
        ticket
        for event, content in zip(community.events, contents, strict=True)
        for ticket in _make_tickets(community, event, content)
    ]
    Event.objects.bulk_create(community.events)
    EventTicket.objects.bulk_create(tickets)
    Scan.objects.bulk_create(
        _make_scan(community, ticket, ticket.check_in_time) for ticket in tickets if ticket.check_in_time
    )


def _make_event(community: Community, content: dict[str, Any]) -> Event:
    host = community.hosts[content["host"]]
    start = _start(community, content)
    status = EventStatus(content.get("status", EventStatus.PUBLISHED))
    return Event(
        title=content["title"],
        description=content["description"],
        event_type=EventType(content["kind"]),
        status=status,
        event_date=start,
        end_date=start + timedelta(hours=content["hours"]),
        location=content["place"],
        location_zip=host.zip_code,
        max_attendees=content.get("seats"),
        tickets_taken=content["tickets"] if status == EventStatus.PUBLISHED else 0,
        cancelled_reason=content.get("reason", ""),
        cancelled_at=community.now if status == EventStatus.CANCELLED else None,
        hours_proposed_at=community.now if start + timedelta(hours=content["hours"]) <= community.now else None,
        host=community.owner(content["host"]),
        organization=host,
        created_at=min(start, community.now) - timedelta(days=community.rng.randint(8, 30)),
    )


def _start(community: Community, content: dict[str, Any]) -> datetime:
    if "began" in content:
        return community.now.replace(second=0, microsecond=0) - timedelta(minutes=content["began"])
    area = content["host"].partition("-")[2]
    return community.local_start(area, week=content["week"], day=content["day"], time=content["time"])


def _make_tickets(community: Community, event: Event, content: dict[str, Any]) -> list[EventTicket]:
    """Return the tickets of people nearby, then of visitors; the demo volunteer attends every event nearby."""
    people = _find_guests(community, content["host"])
    issued, waiting = content["tickets"], content.get("waiting", 0)
    is_cancelled = event.status == EventStatus.CANCELLED
    latest = min(community.now, event.event_date) - timedelta(hours=2)
    times = sorted(community.random_time_between(event.created_at, latest) for _ in range(issued + waiting))
    return [
        _make_ticket(
            event, person, at, checked_in_at=_check_in_time(community, event, person), is_cancelled=is_cancelled
        )
        for person, at in zip(people, times[:issued], strict=False)
    ] + [
        EventTicket(event=event, attendee=person, status=TicketStatus.WAITLISTED, claimed_at=at, waitlisted_at=at)
        for person, at in zip(people[issued:], times[issued:], strict=False)
    ]


def _make_ticket(
    event: Event, person: User, at: datetime, *, checked_in_at: datetime | None, is_cancelled: bool
) -> EventTicket:
    return EventTicket(
        event=event,
        attendee=person,
        status=TicketStatus.CANCELLED if is_cancelled else TicketStatus.ISSUED,
        claimed_at=at,
        issued_at=at,
        cancelled_at=event.cancelled_at,
        check_in_time=checked_in_at,
        is_inside=checked_in_at is not None,
        last_passed_at=checked_in_at,
    )


def _find_guests(community: Community, host: str) -> list[User]:
    area = host.partition("-")[2]
    near, far = community.people_near(area), []
    for other in community.host_content["area"]:
        far += community.people_near(other) if other != area else []
    community.rng.shuffle(near)
    community.rng.shuffle(far)
    keys = (["volunteer"] if area == "sf" else []) + near + far
    return [community.users[key] for key in keys if key not in community.members(host)]


def _check_in_time(community: Community, event: Event, person: User) -> datetime | None:
    """Return when the person came in; at an event that goes on, some are still to come, and the demo volunteer is."""
    if event.event_date > community.now or event.status != EventStatus.PUBLISHED:
        return None
    if event.end_date > community.now:
        percent = 0 if person == community.users["volunteer"] else ARRIVED_PERCENT
    else:
        percent = ATTENDANCE_PERCENT
    if community.rng.randrange(100) >= percent:
        return None
    return event.event_date + timedelta(minutes=community.rng.randint(-15, 20))


def _make_scan(community: Community, ticket: EventTicket, at: datetime) -> Scan:
    return Scan(
        event=ticket.event,
        ticket=ticket,
        nonce=f"{community.rng.getrandbits(128):032x}",
        outcome=ScanOutcome.ADMITTED,
        device_id="door-1",
        scanned_by=ticket.event.host,
        scanned_at=at,
        recorded_at=at,
    )
