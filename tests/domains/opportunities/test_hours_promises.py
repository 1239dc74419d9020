"""What the database itself promises of approved hours, whoever writes: services, staff, a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.opportunities.models import Application, HoursEntry, HoursStatus
from tests.factories import ApplicationFactory, HoursEntryFactory, UserFactory
from tests.factories.hours import counted

NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=30)
HOUR = timedelta(hours=1)
#: Every column but the one that an erased reviewer leaves empty.
COLUMNS = [field.name for field in HoursEntry._meta.local_fields if field.name not in {"id", "reviewed_by"}]


def approved(application: Application, start: int, end: int, **fields: Any) -> HoursEntry:
    """Approve so many hours from noon to noon."""
    times = {"started_at": NOON + start * HOUR, "ended_at": NOON + end * HOUR}
    return HoursEntryFactory(application=application, approved=True, **times, **fields)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    return str(refusal.value)


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_of_an_approved_row_can_be_changed(column: str) -> None:
    entry, other = HoursEntryFactory(approved=True), HoursEntryFactory(approved=True)
    other_value: Any = {
        "application": other.application_id,
        "volunteer": other.volunteer_id,
        "corrects": other.pk,
        "status": "REJECTED",
        "seconds": 1,
        "proposed_from": 1,
        "note": "x",
        "review_note": "x",
    }.get(column, NOON)
    rows = HoursEntry.objects.filter(pk=entry.pk)
    before = rows.values().get()
    assert "opportunities_hours_" in refused(lambda: rows.update(**{column: other_value}))
    assert rows.values().get() == before


@pytest.mark.django_db
def test_a_row_that_is_not_approved_can_be_changed() -> None:
    entry = HoursEntryFactory()
    assert HoursEntry.objects.filter(pk=entry.pk).update(note="x", status="REJECTED", reviewed_at=NOON) == 1


@pytest.mark.django_db
def test_the_reviewer_of_an_approved_row_can_be_erased_and_not_exchanged() -> None:
    reviewer = UserFactory()
    entry = HoursEntryFactory(approved=True, reviewed_by=reviewer)
    other = UserFactory()
    refused(lambda: HoursEntry.objects.filter(pk=entry.pk).update(reviewed_by=other))
    reviewer.delete()
    entry.refresh_from_db()
    assert (entry.status, entry.reviewed_by) == (HoursStatus.APPROVED, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("take", ["entry", "application"])
def test_approved_hours_do_not_go_without_their_volunteer(take: str) -> None:
    entry = HoursEntryFactory(approved=True)
    waiting = HoursEntryFactory(application=entry.application)
    keys = {entry.pk, waiting.pk}
    row = entry if take == "entry" else entry.application
    refused(row.delete)
    assert set(HoursEntry.objects.values_list("pk", flat=True)) == keys
    waiting.delete()
    assert HoursEntry.objects.get().pk == min(keys)


@pytest.mark.django_db(transaction=True)
def test_hours_go_with_the_account_that_is_erased() -> None:
    entry = HoursEntryFactory(approved=True)
    HoursEntryFactory(application=entry.application, corrects=entry, approved=True)
    theirs = HoursEntryFactory(approved=True)
    entry.volunteer.delete()
    assert HoursEntry.objects.get() == theirs
    User.objects.all().delete()
    assert not HoursEntry.objects.exists()
    # Nothing is left that stands in the way of others.
    with connection.cursor() as cursor:
        table = "standing" if connection.vendor == "postgresql" else "gone"
        cursor.execute(f"SELECT count(*) FROM opportunities_hours_{table}")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), [(-1, 1), (1, 2), (2, 4), (0, 3), (-1, 4)])
def test_approved_hours_of_one_volunteer_never_overlap(start: int, end: int) -> None:
    mine = ApplicationFactory()
    approved(mine, 0, 3)
    other = ApplicationFactory(volunteer=mine.volunteer)
    assert "opportunities_hours_never_overlap" in refused(lambda: approved(other, start, end))
    waiting = HoursEntryFactory(application=other, started_at=NOON + start * HOUR, ended_at=NOON + end * HOUR)
    approve = HoursEntry.objects.filter(pk=waiting.pk)
    assert "opportunities_hours_never_overlap" in refused(
        lambda: approve.update(status=HoursStatus.APPROVED, reviewed_at=NOON)
    )
    assert HoursEntry.objects.current().count() == 1


@pytest.mark.django_db
def test_hours_may_touch_and_others_may_work_at_the_same_time() -> None:
    mine = ApplicationFactory()
    for start, end in [(0, 3), (3, 5), (-2, 0)]:
        approved(mine, start, end)
    approved(ApplicationFactory(), 0, 3)
    assert HoursEntry.objects.current().count() == 4


@pytest.mark.django_db
def test_a_correction_takes_the_place_of_what_it_corrects() -> None:
    mine = ApplicationFactory()
    first = approved(mine, 0, 3)
    second = approved(mine, 2, 4, corrects=first)
    approved(mine, 0, 2)  # free again
    refused(lambda: approved(mine, 3, 5))
    approved(mine, 2, 2, corrects=second)  # nothing was worked
    approved(mine, 3, 5)
    assert sum(entry.seconds for entry in HoursEntry.objects.current()) == 4 * 3600
    assert sum(map(counted, HoursEntry.objects.all())) == 4 * 3600


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["SUBMITTED", "APPROVED"])
def test_a_row_is_corrected_once_unless_the_correction_was_rejected(status: str) -> None:
    first = HoursEntryFactory(approved=True)
    HoursEntryFactory(application=first.application, corrects=first, rejected=True)
    HoursEntryFactory(application=first.application, corrects=first, status=status)
    refused(lambda: HoursEntryFactory(application=first.application, corrects=first))


@pytest.mark.django_db
def test_length_and_volunteer_are_what_times_and_application_say() -> None:
    application = ApplicationFactory()
    refused(lambda: HoursEntryFactory(application=application, seconds=1))
    refused(lambda: HoursEntryFactory(application=application, volunteer=UserFactory()))
    refused(lambda: HoursEntryFactory(application=application, ended_at=NOON, started_at=NOON))
