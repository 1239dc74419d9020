"""When hours are taken for an opportunity, how long they are when the clocks change, and that none counts twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import Application, HoursEntry, Opportunity
from domains.opportunities.selectors import GroupBy, sum_hours
from tests.factories import ApplicationFactory, HoursEntryFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
CALIFORNIA = ZoneInfo("America/Los_Angeles")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def an_application(start: datetime, end: datetime, **fields: Any) -> Application:
    return ApplicationFactory(
        status="ACCEPTED", role__opportunity__start_date=start, role__opportunity__end_date=end, **fields
    )


def log(application: Application, start: datetime, length: timedelta = HOUR, **more: Any) -> HoursEntry:
    return services.log_hours(
        actor=application.volunteer,
        application_id=application.pk,
        started_at=start,
        ended_at=start + length,
        note="It took what it took.",
        **more,
    )


def refusal_of(application: Application, start: datetime, length: timedelta = HOUR, **more: Any) -> list[Any]:
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refusal:
        log(application, start, length, **more)
    assert rows_of("opportunities", "base") == before
    return [(str(problem.code), problem.field) for problem in refusal.value.problems]


def approve(entry: HoursEntry) -> HoursEntry:
    owner = owner_of(entry.application.role.opportunity.host)
    return services.review_hours(actor=owner, hours_entry_id=entry.pk, approve=True)


def hours_of(volunteer: User) -> float:
    return sum_hours(viewer=volunteer, group_by=GroupBy.VOLUNTEER, keys=[volunteer.pk]).get(volunteer.pk, 0)


def test_hours_long_before_the_opportunity_are_refused_whenever_somebody_applied() -> None:
    next_year = an_application(NOW + 60 * DAY, NOW + 61 * DAY)
    assert refusal_of(next_year, datetime(1990, 5, 4, 10, tzinfo=UTC)) == [("INVALID", "started_at")]
    running = an_application(NOW - 30 * DAY, NOW + 300 * DAY)
    for applied in (NOW - DAY, NOW - 5 * 365 * DAY):
        Application.objects.filter(pk=running.pk).update(submitted_at=applied)
        assert refusal_of(running, NOW - 3 * 365 * DAY) == [("INVALID", "started_at")]


def test_yesterdays_hours_for_what_began_last_month_and_goes_on_are_taken_from_a_newer_application() -> None:
    running = an_application(NOW - 30 * DAY, NOW + 300 * DAY)
    Application.objects.filter(pk=running.pk).update(submitted_at=NOW - HOUR)
    assert log(running, NOW - DAY).seconds == 3600


@pytest.mark.parametrize(
    ("start", "length", "problems"),
    [
        (-DAY, 3 * HOUR, []),
        (-DAY - timedelta(seconds=1), 3 * HOUR, [("INVALID", "started_at")]),
        (4 * HOUR + 30 * DAY - HOUR, HOUR, []),
        (4 * HOUR + 30 * DAY - HOUR, HOUR + timedelta(seconds=1), [("INVALID", "ended_at")]),
        (4 * HOUR + 30 * DAY + HOUR, HOUR, [("INVALID", "ended_at")]),
        (4 * HOUR + 200 * DAY, HOUR, [("INVALID", "ended_at")]),
    ],
)
def test_a_day_before_and_thirty_days_after_are_the_bounds(
    start: timedelta, length: timedelta, problems: list[Any]
) -> None:
    began = NOW - 300 * DAY
    application = an_application(began, began + 4 * HOUR)
    if problems:
        assert refusal_of(application, began + start, length) == problems
    else:
        assert log(application, began + start, length).seconds == length.total_seconds()


def test_the_refusal_says_when_the_opportunity_was_where_it_was() -> None:
    start = datetime(2026, 9, 30, 19, tzinfo=CALIFORNIA)
    application = an_application(start, start + 2 * HOUR, role__opportunity__location_zip="94110")
    with pytest.raises(Refused) as refusal:
        log(application, start - 2 * DAY)
    assert "2026-09-30 19:00 PDT" in refusal.value.problems[0].message


def test_the_same_hours_again_answer_with_the_first_although_the_opportunity_was_moved() -> None:
    application = an_application(NOW - 3 * DAY, NOW + 5 * DAY)
    first = log(application, NOW - 3 * DAY)
    Opportunity.objects.update(start_date=NOW + 4 * DAY)
    assert log(application, NOW - 3 * DAY) == first
    assert refusal_of(application, NOW - 2 * DAY) == [("INVALID", "started_at")]


def test_a_correction_may_take_hours_away_or_keep_within_them_and_reaches_no_farther() -> None:
    application = an_application(NOW - 30 * DAY, NOW + 30 * DAY)
    began = NOW - 20 * DAY
    entry = approve(log(application, began, 3 * HOUR))
    Opportunity.objects.update(start_date=NOW - 5 * DAY)
    assert refusal_of(application, began - HOUR, 4 * HOUR, corrects_id=entry.pk) == [("INVALID", "started_at")]
    shorter = approve(log(application, began, 2 * HOUR, corrects_id=entry.pk))
    assert approve(log(application, began - 900 * DAY, 0 * HOUR, corrects_id=shorter.pk)).seconds == 0


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-10-31T22:00:00-07:00", "2026-11-01T02:30:00-08:00", 5.5),
        ("2026-03-07T22:00:00-08:00", "2026-03-08T06:00:00-07:00", 7),
        ("2026-10-24T22:00:00+02:00", "2026-10-25T02:30:00+01:00", 5.5),
    ],
)
def test_a_night_in_which_the_clocks_change_is_as_long_as_it_was(start: str, end: str, hours: float) -> None:
    began, ended = datetime.fromisoformat(start), datetime.fromisoformat(end)
    application = an_application(began - DAY, ended + DAY)
    approve(log(application, began, ended.astimezone(UTC) - began.astimezone(UTC)))
    assert hours_of(application.volunteer) == hours


def test_the_same_hours_count_once_in_two_roles_or_twice_and_three_times_twenty_minutes_are_one_hour() -> None:
    volunteer = UserFactory()
    one, other = (an_application(NOW - 9 * DAY, NOW + DAY, volunteer=volunteer) for _ in range(2))
    began = NOW - 5 * DAY
    twice = [log(one, began), log(one, began), log(other, began)]
    assert twice[0] == twice[1]
    approve(twice[0])
    with pytest.raises(Refused, match="OVERLAPS"):
        approve(twice[2])
    third = timedelta(minutes=20)
    for number in range(3):
        assert refusal_of(other, began + number * third, third) == [("OVERLAPS", "started_at")]
    assert hours_of(volunteer) == 1
    for number in range(3):
        approve(log(other, began + DAY + number * third, third))
    assert hours_of(volunteer) == 2
    assert refusal_of(one, began + DAY) == [("OVERLAPS", "started_at")]
    record = services.create_service_record(actor=volunteer)
    assert record.approved_seconds == 2 * 3600


def test_what_waits_from_before_can_still_be_approved() -> None:
    application = an_application(NOW - 30 * DAY, NOW + DAY)
    old = HoursEntryFactory(application=application, started_at=NOW - 900 * DAY)
    assert approve(old).status == "APPROVED"
