"""The hours that people logged for completed roles: most approved, some still to be reviewed, one corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from config.demo.applications import ONE_DAY
from config.demo.community import Community
from domains.opportunities.models import Application, ApplicationStatus, HoursEntry, HoursStatus, ServiceRecord
from domains.opportunities.models.hours import new_record_code
from domains.opportunities.records import RecordContent, sign_record
from domains.opportunities.selectors import find_days_of_service, sum_service

#: Intervals between entries, in this order, of the people who can't log in.
WAITING_EVERY, REJECTED_EVERY, CORRECTED_EVERY = 4, 9, 7


def load_hours(community: Community) -> None:
    """Load people's hours, the hosts' reviews, and a record that the volunteer can share."""
    entries = list(_make_entries(community))
    HoursEntry.objects.bulk_create(entries)
    approved = [entry for entry in entries if entry.status == HoursStatus.APPROVED]
    HoursEntry.objects.bulk_create(_make_correction(entry) for entry in approved[::CORRECTED_EVERY])
    _make_record(community)


def _make_entries(community: Community) -> Iterator[HoursEntry]:
    volunteer = community.users["volunteer"]
    completed = [
        application
        for application in community.applications
        if application.status == ApplicationStatus.COMPLETED and _duration(application) <= ONE_DAY
    ]
    for number, application in enumerate(completed, start=1):
        status = HoursStatus.APPROVED if application.volunteer == volunteer else _status(number)
        yield _make_entry(community, application, status)


def _duration(application: Application) -> timedelta:
    opportunity = application.role.opportunity
    return opportunity.end_date - opportunity.start_date


def _status(number: int) -> HoursStatus:
    if number % WAITING_EVERY == 0:
        return HoursStatus.SUBMITTED
    return HoursStatus.REJECTED if number % REJECTED_EVERY == 0 else HoursStatus.APPROVED


def _make_entry(community: Community, application: Application, status: HoursStatus) -> HoursEntry:
    opportunity = application.role.opportunity
    is_reviewed = status != HoursStatus.SUBMITTED
    submitted_at = min(opportunity.end_date + timedelta(hours=4), community.now)
    host = next(key for key, host in community.hosts.items() if host == opportunity.host)
    return HoursEntry(
        application=application,
        volunteer=application.volunteer,
        status=status,
        started_at=opportunity.start_date,
        ended_at=opportunity.end_date,
        seconds=int(_duration(application).total_seconds()),
        submitted_at=submitted_at,
        reviewed_by=community.owner(host) if is_reviewed else None,
        reviewed_at=min(submitted_at + timedelta(hours=20), community.now) if is_reviewed else None,
        review_note="We have you down for another day; log that one?" if status == HoursStatus.REJECTED else "",
    )


def _make_correction(entry: HoursEntry) -> HoursEntry:
    """Return the correction of the entry: the person left half an hour early."""
    ended_at = entry.ended_at - timedelta(minutes=30)
    return HoursEntry(
        application=entry.application,
        volunteer=entry.volunteer,
        status=HoursStatus.APPROVED,
        started_at=entry.started_at,
        ended_at=ended_at,
        seconds=int((ended_at - entry.started_at).total_seconds()),
        note="I left half an hour early.",
        corrects=entry,
        submitted_at=entry.reviewed_at or entry.submitted_at,
        reviewed_by=entry.reviewed_by,
        reviewed_at=entry.reviewed_at,
    )


def _make_record(community: Community) -> None:
    volunteer, now = community.users["volunteer"], community.now
    since = (now - timedelta(days=90)).replace(hour=0, minute=0, second=0, microsecond=0)
    until = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    content = RecordContent(
        code=new_record_code(),
        name=volunteer.display_name,
        since=since,
        until=until,
        issued_at=now,
        services=sum_service(
            volunteer=volunteer, days=find_days_of_service(volunteer=volunteer), since=since, until=until
        ),
    )
    ServiceRecord.objects.create(
        volunteer=volunteer,
        code=content.code,
        since=since,
        until=until,
        approved_seconds=content.seconds,
        token=sign_record(content),
        created_at=now,
    )
