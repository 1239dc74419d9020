"""Selectors for hours, their sums, and the records of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from domains.accounts.models import User
from domains.opportunities.models import (
    Application,
    ApplicationStatus,
    ErasedHours,
    HoursEntry,
    HoursStatus,
    OpportunityHost,
    ServiceRecord,
    hosts_run_by,
)
from domains.opportunities.records import SECONDS_PER_HOUR, Service, is_record_code
from domains.opportunities.selectors.local_days import LocalDays, find_local_days
from domains.skills.models import Skill

#: Maximum lengths of lists: the newest months, and the first skills by name.
MAX_MONTHS, MAX_DEVELOPED_SKILLS = 240, 200


class GroupBy(StrEnum):
    """Whether figures are by volunteer or by host: the lookup from an application to the key."""

    VOLUNTEER = "volunteer"
    HOST = "role__opportunity__host"

    @property
    def entry_lookup(self) -> str:
        """The lookup from an entry of hours."""
        return self.value if self is GroupBy.VOLUNTEER else f"application__{self.value}"


@dataclass(frozen=True)
class HoursOfMonth:
    """The approved hours that began in a month, by the clocks of their opportunities."""

    #: Such as 2026-11.
    month: str
    hours: float


def find_hours(*, viewer: User | None) -> QuerySet[HoursEntry]:
    """Return the viewer's own entries and those for hosts the viewer runs, earliest start first."""
    return HoursEntry.objects.visible_to(viewer).order_by("started_at", "pk")


def counted_seconds() -> Case:
    """Return the expression for the seconds that an entry adds to the sum of approved hours.

    0 until it is approved; for a correction the difference to the corrected entry, which may be negative.
    """
    added = F("seconds") - Coalesce(F("corrects__seconds"), 0)
    return Case(When(status=HoursStatus.APPROVED, then=added), default=0, output_field=IntegerField())


def find_hours_to_review(*, viewer: User | None) -> QuerySet[HoursEntry]:
    """Return the entries that wait for the viewer's review, longest waiting first; never the viewer's own."""
    if viewer is None:
        return HoursEntry.objects.none()
    waiting = HoursEntry.objects.visible_to(viewer).filter(status=HoursStatus.SUBMITTED).exclude(volunteer=viewer)
    return waiting.filter(application__role__opportunity__host__in=hosts_run_by(viewer)).order_by("submitted_at", "pk")


def find_overlapping(*, entry: HoursEntry) -> QuerySet[HoursEntry]:
    """Return the volunteer's approved entries that overlap this one, except the one it corrects. A system question."""
    if entry.started_at == entry.ended_at:
        return HoursEntry.objects.none()
    at_the_time = HoursEntry.objects.current().filter(
        volunteer=entry.volunteer_id, started_at__lt=entry.ended_at, ended_at__gt=entry.started_at, seconds__gt=0
    )
    return at_the_time.exclude(pk__in=[key for key in (entry.pk, entry.corrects_id) if key])


def sum_hours(*, viewer: User | None, group_by: GroupBy, keys: Collection[int]) -> dict[int, float]:
    """Return the approved hours of each volunteer or host, as far as the viewer may see them.

    Those of a host include the hours of accounts that were erased.
    """
    rows = _current_entries(viewer, group_by, keys).values_list(group_by.entry_lookup).annotate(sum=Sum("seconds"))
    sums = Counter(dict(rows))
    for host_id, _, seconds in _erased_hours(viewer, group_by, keys):
        sums[host_id] += seconds
    return {key: seconds / SECONDS_PER_HOUR for key, seconds in sums.items()}


def sum_hours_by_month(
    *, viewer: User | None, group_by: GroupBy, keys: Collection[int]
) -> dict[int, list[HoursOfMonth]]:
    """Return the approved hours of each volunteer or host by local month of their start: the newest, earliest first."""
    rows = sum_seconds_by_month(_current_entries(viewer, group_by, keys), group_by)
    sums: Counter[tuple[int, date]] = Counter()
    for key, month, seconds in (*rows, *_erased_hours(viewer, group_by, keys)):
        sums[key, month] += seconds
    months: defaultdict[int, list[HoursOfMonth]] = defaultdict(list)
    for (key, month), seconds in sorted(sums.items()):
        if seconds:
            months[key].append(HoursOfMonth(f"{month:%Y-%m}", seconds / SECONDS_PER_HOUR))
    return {key: found[-MAX_MONTHS:] for key, found in months.items()}


def sum_seconds_by_month(entries: QuerySet[HoursEntry], group_by: GroupBy) -> list[tuple[int, date, int]]:
    """Return volunteer or host, first day of the local month, and seconds, in this order. A system question."""
    by_month = entries.order_by().annotate(month=find_local_days(entries).month())
    rows = by_month.values_list(group_by.entry_lookup, "month").annotate(sum=Sum("seconds"))
    # PostgreSQL returns midnight instead of the day.
    return sorted((key, date(month.year, month.month, 1), seconds) for key, month, seconds in rows)


def count_volunteers(*, viewer: User | None, host_ids: Collection[int]) -> dict[int, int]:
    """Return for each host the number of volunteers with approved hours."""
    given = _current_entries(viewer, GroupBy.HOST, host_ids).filter(seconds__gt=0)
    return dict(given.values_list(GroupBy.HOST.entry_lookup).annotate(Count("volunteer", distinct=True)))


def count_completed(*, viewer: User | None, group_by: GroupBy, keys: Collection[int]) -> dict[int, int]:
    """Return the number of opportunities in which each volunteer, or any volunteer of each host, completed a role."""
    completed = _completed_applications(viewer, group_by, keys).values_list(group_by.value)
    return dict(completed.annotate(Count("role__opportunity", distinct=True)))


def find_developed_skills(*, viewer: User | None, volunteer_ids: Collection[int]) -> Mapping[int, list[int]]:
    """Return the ids of the skills that the completed roles of each volunteer developed, the first by name."""
    pairs = (
        _completed_applications(viewer, GroupBy.VOLUNTEER, volunteer_ids)
        .filter(role__role_skills__is_developed=True, role__role_skills__skill__in=Skill.objects.visible_to(viewer))
        .order_by("role__role_skills__skill__name", "role__role_skills__skill")
        .values_list("volunteer", "role__role_skills__skill", "role__role_skills__skill__name")
        .distinct()
    )
    skills: defaultdict[int, list[int]] = defaultdict(list)
    for volunteer_id, skill_id, _ in pairs:
        if len(skills[volunteer_id]) < MAX_DEVELOPED_SKILLS:
            skills[volunteer_id].append(skill_id)
    return skills


def find_hosts_with_figures(*, viewer: User | None, host_ids: Collection[int]) -> dict[int, bool]:
    """Return the hosts whose figures the viewer may see: those that the viewer runs.

    Staff with the right to view entries of hours see all.
    """
    if viewer is None:
        return {}
    hosts = OpportunityHost.objects.filter(pk__in=host_ids)
    sees_all = viewer.has_right("opportunities.view_hoursentry")
    shown = hosts if sees_all else hosts.filter(pk__in=hosts_run_by(viewer))
    return dict.fromkeys(shown.values_list("pk", flat=True), True)


def find_days_of_service(*, volunteer: User) -> LocalDays:
    """Return the time zones in which the volunteer's approved hours began."""
    return find_local_days(_current_entries(volunteer, GroupBy.VOLUNTEER, [volunteer.pk]).filter(seconds__gt=0))


def sum_service(*, volunteer: User, days: LocalDays, since: date, until: date) -> list[Service]:
    """Return the volunteer's approved hours that began in the range, as `days` reads it, most hours first."""
    name, key = "application__role__opportunity__host__organization_name", GroupBy.HOST.entry_lookup
    rows = (
        _current_entries(volunteer, GroupBy.VOLUNTEER, [volunteer.pk])
        .filter(days.began_within(since, until), seconds__gt=0)
        .values(key, name)
        .annotate(sum=Sum("seconds"))
        .order_by("-sum", name, key)
    )
    return [Service(row[name], row["sum"]) for row in rows]


def find_service_records(*, viewer: User | None) -> QuerySet[ServiceRecord]:
    """Return the viewer's own records, newest first."""
    return ServiceRecord.objects.visible_to(viewer).order_by("-created_at", "-pk")


def find_public_record(*, code: str) -> ServiceRecord | None:
    """Return the record with this code, revoked or not, unless its volunteer's account is closed.

    That of an erased account is there: its volunteer decided whether it is revoked. No login is needed: having the code
    is the permission.
    """
    code = code.lower()
    if not is_record_code(code):
        return None
    is_open = Q(volunteer__is_active=True) | Q(volunteer__isnull=True)
    return ServiceRecord.objects.filter(is_open, code=code).first()


def _current_entries(viewer: User | None, group_by: GroupBy, keys: Collection[int]) -> QuerySet[HoursEntry]:
    rows = HoursEntry.objects.visible_to(viewer).current().filter(**{f"{group_by.entry_lookup}__in": keys})
    return rows.order_by()


def _erased_hours(viewer: User | None, group_by: GroupBy, keys: Collection[int]) -> Iterable[tuple[int, date, int]]:
    """Return the hours of erased accounts: host, month and seconds; none by volunteer."""
    if group_by is GroupBy.VOLUNTEER:
        return ()
    return ErasedHours.objects.visible_to(viewer).filter(host__in=keys).values_list("host", "month", "seconds")


def _completed_applications(viewer: User | None, group_by: GroupBy, keys: Collection[int]) -> QuerySet[Application]:
    rows = Application.objects.visible_to(viewer).filter(status=ApplicationStatus.COMPLETED)
    return rows.filter(**{f"{group_by.value}__in": keys}).order_by()
