"""A day and a month of hours are those of the place that they were worked at, in impact and in records of service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import HoursEntry, OpportunityHost, ServiceRecord
from domains.opportunities.records import read_record
from domains.opportunities.selectors import GroupBy, sum_hours_by_month
from tests.factories import ApplicationFactory, HoursEntryFactory, OpportunityHostFactory, UserFactory, owner_of
from tests.sql import statements_of

pytestmark = pytest.mark.django_db

CALIFORNIA, GUAM = ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Guam")
SAN_FRANCISCO, HAGATNA, NEW_YORK, NOWHERE = "94110", "96910", "10001", ""


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def volunteer() -> User:
    return UserFactory()


def worked(
    volunteer: User,
    began: datetime,
    hours: float = 2,
    zip_code: str = SAN_FRANCISCO,
    host: OpportunityHost | None = None,
) -> HoursEntry:
    application = ApplicationFactory(
        volunteer=volunteer,
        status="ACCEPTED",
        role__opportunity__location_zip=zip_code,
        role__opportunity__host=host or OpportunityHostFactory(),
    )
    began = began.astimezone(UTC)
    return HoursEntryFactory(
        application=application, started_at=began, ended_at=began + timedelta(hours=hours), approved=True
    )


def months(volunteer: User) -> dict[str, float]:
    found = sum_hours_by_month(viewer=volunteer, group_by=GroupBy.VOLUNTEER, keys=[volunteer.pk])
    return {one.month: one.hours for one in found.get(volunteer.pk, [])}


def record(volunteer: User, since: str | None = None, until: str | None = None) -> ServiceRecord:
    return services.create_service_record(
        actor=volunteer,
        since=datetime.fromisoformat(since) if since else None,
        until=datetime.fromisoformat(until) if until else None,
    )


def hours(volunteer: User, since: str | None = None, until: str | None = None) -> float:
    """Return the hours of a record, and 0 where there is none to make."""
    try:
        made = record(volunteer, since, until)
    except Refused as refusal:
        if {str(one.code) for one in refusal.problems} == {"INVALID"}:
            return 0
        raise
    return made.approved_seconds / 3600


def test_the_last_evening_of_september_in_california_is_in_september(volunteer: User) -> None:
    worked(volunteer, datetime(2026, 9, 30, 19, tzinfo=CALIFORNIA))
    assert months(volunteer) == {"2026-09": 2}
    assert hours(volunteer, "2026-09-01", "2026-09-30") == 2
    assert hours(volunteer, "2026-09-30", "2026-09-30") == 2
    assert hours(volunteer, "2026-10-01") == 0
    assert hours(volunteer, "2026-10-01", "2026-10-31") == 0
    assert hours(volunteer, None, "2026-09-29") == 0


@pytest.mark.parametrize(
    ("zip_code", "began", "day"),
    [
        (SAN_FRANCISCO, "2026-10-01T02:00:00Z", "2026-09-30"),
        (SAN_FRANCISCO, "2026-10-01T06:59:59Z", "2026-09-30"),
        (SAN_FRANCISCO, "2026-10-01T07:00:00Z", "2026-10-01"),
        ("96813", "2026-10-01T09:59:59Z", "2026-09-30"),
        (HAGATNA, "2026-09-30T13:59:59Z", "2026-09-30"),
        (HAGATNA, "2026-09-30T14:00:00Z", "2026-10-01"),
        (NOWHERE, "2026-09-30T23:59:59Z", "2026-09-30"),
        (NOWHERE, "2026-10-01T00:00:00Z", "2026-10-01"),
        ("09001", "2026-10-01T00:00:00Z", "2026-10-01"),
        # The year, and the night in which the clocks change: November begins at midnight by summer time.
        (NEW_YORK, "2026-01-01T04:59:59Z", "2025-12-31"),
        (NEW_YORK, "2026-11-01T03:59:59Z", "2026-10-31"),
        (NEW_YORK, "2026-11-01T04:00:00Z", "2026-11-01"),
        (NEW_YORK, "2026-11-02T04:59:59Z", "2026-11-01"),
    ],
)
def test_an_entry_belongs_to_the_day_on_which_it_began_where_it_was(
    volunteer: User, zip_code: str, began: str, day: str
) -> None:
    worked(volunteer, datetime.fromisoformat(began), zip_code=zip_code)
    before, after = (datetime.fromisoformat(day) + timedelta(days=days) for days in (-1, 1))
    assert months(volunteer) == {day[:7]: 2}
    assert hours(volunteer, day, day) == 2
    assert hours(volunteer, f"{after:%Y-%m-%d}") == 0
    assert hours(volunteer, None, f"{before:%Y-%m-%d}") == 0


def test_what_goes_on_after_midnight_belongs_whole_to_the_day_on_which_it_began(volunteer: User) -> None:
    worked(volunteer, datetime(2026, 9, 30, 23, tzinfo=CALIFORNIA), 2)
    assert months(volunteer) == {"2026-09": 2}
    assert (hours(volunteer, until="2026-09-30"), hours(volunteer, since="2026-10-01")) == (2, 0)


def test_each_entry_goes_by_its_own_place_and_records_side_by_side_hold_each_once(volunteer: User) -> None:
    host = OpportunityHostFactory()
    moment = datetime(2026, 9, 30, 20, tzinfo=UTC)
    for number, zip_code in enumerate((SAN_FRANCISCO, HAGATNA, NEW_YORK, NOWHERE, "09001")):
        worked(volunteer, moment + timedelta(hours=2 * number), zip_code=zip_code, host=host)
    # 13:00 in California, 8:00 the next day on Guam, 20:00 in New York, and twice 2:00 in October by UTC.
    assert months(volunteer) == {"2026-09": 4, "2026-10": 6}
    assert hours(volunteer, until="2026-09-30") + hours(volunteer, since="2026-10-01") == 10
    (found,) = sum_hours_by_month(viewer=owner_of(host), group_by=GroupBy.HOST, keys=[host.pk]).values()
    assert {one.month: one.hours for one in found} == {"2026-09": 4, "2026-10": 6}


def test_a_correction_moves_its_hours_to_the_local_month_in_which_it_begins(volunteer: User) -> None:
    wrong = worked(volunteer, datetime(2026, 10, 1, 1, tzinfo=CALIFORNIA))
    began = datetime(2026, 9, 30, 22, tzinfo=CALIFORNIA).astimezone(UTC)
    HoursEntryFactory(
        application=wrong.application, corrects=wrong, approved=True, started_at=began,
        ended_at=began + timedelta(hours=3),
    )  # fmt: skip
    assert months(volunteer) == {"2026-09": 3}


def test_a_record_says_the_dates_it_was_asked_for_and_a_time_says_its_moment(volunteer: User) -> None:
    worked(volunteer, datetime(2026, 9, 30, 19, tzinfo=CALIFORNIA))
    made = record(volunteer, "2026-09-01", "2026-09-30")
    claims = read_record(made.token).claims
    assert (claims["since"], claims["until"]) == ("2026-09-01", "2026-09-30")
    assert (made.since, made.until) == (datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC))
    assert record(volunteer, "2026-09-01", "2026-09-30") == made
    by_moments = record(volunteer, "2026-09-01T00:00:00Z", "2026-10-02T00:00:00Z")
    assert read_record(by_moments.token).claims["since"] == "2026-09-01T00:00:00+00:00"
    assert hours(volunteer, "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z") == 0, "it began after that moment"
    assert hours(volunteer, "2026-10-01T00:00:00Z", "2026-10-01") == 2


def test_a_record_without_dates_begins_and_ends_with_days_where_the_volunteer_was(volunteer: User) -> None:
    worked(volunteer, datetime(2026, 9, 30, 19, tzinfo=CALIFORNIA))
    with time_machine.travel(datetime(2026, 10, 2, 20, tzinfo=CALIFORNIA)):
        content = read_record(record(volunteer).token).content
    assert [f"{day}" for day in content.days] == ["2026-09-30", "2026-10-02"]
    on_guam = UserFactory()
    worked(on_guam, datetime(2026, 10, 3, 6, tzinfo=GUAM), zip_code=HAGATNA)
    with time_machine.travel(datetime(2026, 10, 3, 9, tzinfo=GUAM)):
        content = read_record(record(on_guam).token).content
    assert [f"{day}" for day in content.days] == ["2026-10-03", "2026-10-03"], "by UTC it is the day before still"
    assert content.hours == 2


def test_a_range_that_is_turned_round_is_refused_even_where_its_beginning_is_not_given(volunteer: User) -> None:
    worked(volunteer, datetime(2026, 10, 3, 6, tzinfo=GUAM), zip_code=HAGATNA)
    with pytest.raises(Refused, match="INVALID"):
        record(volunteer, None, "2026-10-02T21:00:00+00:00")
    with pytest.raises(Refused, match="INVALID"):
        record(volunteer, "2026-10-03", "2026-10-02")


def test_records_and_months_cost_the_same_statements_with_one_place_and_with_five(volunteer: User) -> None:
    began = datetime(2026, 9, 1, 9, tzinfo=UTC)

    def cost() -> tuple[int, int]:
        return (
            len(statements_of(lambda: record(volunteer, "2026-09-01", "2026-09-30"))),
            len(statements_of(lambda: months(volunteer))),
        )

    worked(volunteer, began)
    one = cost()
    for number, zip_code in enumerate((SAN_FRANCISCO, HAGATNA, NEW_YORK, NOWHERE), start=1):
        worked(volunteer, began + timedelta(days=number), zip_code=zip_code)
    assert cost() == one
    assert one[1] == 2, "the places, and the sums"
