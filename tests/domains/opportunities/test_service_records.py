"""Records of service: a signed snapshot of what was approved, made and taken back by its volunteer alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from domains.accounts.models import User
from domains.base import signing
from domains.base.errors import Refused
from domains.opportunities import services
from domains.opportunities.models import HoursEntry, OpportunityHost, ServiceRecord
from domains.opportunities.records import SignedRecord, is_record_code, read_record
from domains.opportunities.selectors import find_public_record
from tests.factories import ApplicationFactory, HoursEntryFactory, OpportunityHostFactory, UserFactory
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def volunteer() -> User:
    return UserFactory(display_name="Ada Lovelace")


def worked(volunteer: User, host: OpportunityHost, day: datetime, hours: int, **fields: Any) -> HoursEntry:
    application = ApplicationFactory(volunteer=volunteer, status="ACCEPTED", role__opportunity__host=host)
    return HoursEntryFactory(
        application=application, started_at=day, ended_at=day + timedelta(hours=hours), **{"approved": True, **fields}
    )


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 9, tzinfo=UTC)


def problems_of(act: Callable[[], object]) -> list[tuple[str, str | None]]:
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refusal:
        act()
    assert rows_of("opportunities", "base") == before
    return [(str(problem.code), problem.field) for problem in refusal.value.problems]


def read(record: ServiceRecord) -> SignedRecord:
    return read_record(record.token)


def test_a_record_says_what_was_approved_in_its_range_and_nothing_more(volunteer: User) -> None:
    creek, larder = (OpportunityHostFactory(organization_name=name) for name in ("Creek", "Larder"))
    worked(volunteer, creek, day(3, 1), 1)
    worked(volunteer, larder, day(3, 2), 4)
    wrong = worked(volunteer, creek, day(3, 3), 5)
    HoursEntryFactory(
        application=wrong.application,
        corrects=wrong,
        approved=True,
        started_at=wrong.started_at,
        ended_at=wrong.started_at + timedelta(hours=1, minutes=30),
    )
    worked(volunteer, creek, day(2, 28), 6)
    worked(volunteer, creek, day(4, 1), 7)
    worked(volunteer, creek, day(3, 5), 8, approved=False)
    worked(volunteer, creek, day(3, 6), 8, rejected=True, approved=False)
    worked(UserFactory(), creek, day(3, 7), 8)
    record = services.create_service_record(
        actor=volunteer,
        since=datetime.fromisoformat("2026-03-01"),
        until=datetime.fromisoformat("2026-03-31"),
    )
    claims = read(record).claims
    assert claims == {
        "iss": "http://127.0.0.1:8000",
        "jti": record.code,
        "iat": int(TODAY.timestamp()),
        "name": "Ada Lovelace",
        "since": "2026-03-01",
        "until": "2026-03-31",
        "hours": 6.5,
        "organizations": [
            {"name": "Larder", "hours": 4.0, "seconds": 4 * 3600},
            {"name": "Creek", "hours": 2.5, "seconds": 9000},
        ],
    }
    assert record.approved_seconds == 23400
    assert volunteer.email not in str(claims)


def test_without_a_range_a_record_holds_everything_until_today(volunteer: User) -> None:
    host = OpportunityHostFactory()
    worked(volunteer, host, day(1, 10), 2)
    worked(volunteer, host, day(6, 15), 1)
    record = services.create_service_record(actor=volunteer)
    assert (record.since, record.until) == (datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 6, 16, tzinfo=UTC))
    assert read(record).content.hours == 3


def test_times_with_an_offset_are_taken_as_they_are(volunteer: User) -> None:
    worked(volunteer, OpportunityHostFactory(), day(3, 1), 2)
    since = datetime.fromisoformat("2026-03-01T00:00:00-08:00")
    record = services.create_service_record(actor=volunteer, since=since, until=since + timedelta(days=1))
    assert read(record).claims["since"] == "2026-03-01T00:00:00-08:00"
    assert problems_of(
        lambda: services.create_service_record(actor=volunteer, since=day(3, 1) + timedelta(seconds=1))
    ) == [("INVALID", "since")]


@pytest.mark.parametrize(
    ("since", "until", "fields"),
    [
        ("2026-03-01T09:30:00", None, ["since"]),
        ("0001-01-01", "9999-12-31", ["since", "until"]),
        ("2026-03-02", "2026-03-01", ["until"]),
        ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", ["until"]),
        ("2026-04-01", "2026-04-30", ["since"]),
    ],
)
def test_a_range_that_makes_no_sense_or_holds_nothing_is_refused(
    volunteer: User, since: str, until: str | None, fields: list[str]
) -> None:
    worked(volunteer, OpportunityHostFactory(), day(3, 1), 2)
    act = lambda: services.create_service_record(  # noqa: E731
        actor=volunteer,
        since=datetime.fromisoformat(since),
        until=datetime.fromisoformat(until) if until else None,
    )
    assert problems_of(act) == [("INVALID", field) for field in fields]


def test_there_is_nothing_to_record_for_whom_nothing_was_approved(volunteer: User) -> None:
    worked(volunteer, OpportunityHostFactory(), day(3, 1), 2, approved=False)
    taken_back = worked(volunteer, OpportunityHostFactory(), day(3, 2), 2)
    start = taken_back.started_at
    HoursEntryFactory(
        application=taken_back.application, corrects=taken_back, approved=True, started_at=start, ended_at=start
    )
    assert problems_of(lambda: services.create_service_record(actor=volunteer)) == [("INVALID", "since")]


def test_a_repeat_answers_with_the_first_until_it_would_say_something_else(volunteer: User) -> None:
    host = OpportunityHostFactory(organization_name="Creek")
    worked(volunteer, host, day(3, 1), 2)
    make = lambda: services.create_service_record(actor=volunteer, since=day(3, 1), until=day(6, 1))  # noqa: E731
    first = make()
    assert make() == first
    worked(volunteer, host, day(3, 2), 1)
    second = make()
    assert second != first
    services.revoke_service_record(actor=volunteer, record_id=second.pk)
    third = make()
    assert third not in {first, second}
    volunteer.display_name = "Ada King"
    volunteer.save()
    fourth = make()
    assert len({first.code, second.code, third.code, fourth.code}) == 4
    assert read(first).content.hours == 2  # a snapshot


def test_codes_are_random_and_can_be_typed(volunteer: User) -> None:
    codes = {ServiceRecord(volunteer=volunteer).code for _ in range(100)}
    assert len(codes) == 100
    assert all(is_record_code(code) for code in codes)
    # 26 letters of 32: 130 bits; each place takes many values.
    assert all(len({code[place] for code in codes}) > 10 for place in range(26))


@pytest.mark.usefixtures("one_window")
def test_making_records_has_a_limit(volunteer: User) -> None:
    worked(volunteer, OpportunityHostFactory(), day(3, 1), 2)
    for _ in range(20):
        services.create_service_record(actor=volunteer)
    assert problems_of(lambda: services.create_service_record(actor=volunteer)) == [("RATE_LIMITED", None)]


def test_a_revoked_record_is_empty_and_again_changes_nothing(volunteer: User) -> None:
    worked(volunteer, OpportunityHostFactory(), day(3, 1), 2)
    record = services.create_service_record(actor=volunteer)
    services.revoke_service_record(actor=volunteer, record_id=record.pk)
    record.refresh_from_db()
    assert (record.token, record.revoked_at) == ("", TODAY)
    before = rows_of("opportunities", "base")
    with time_machine.travel(TODAY + timedelta(days=1)):
        services.revoke_service_record(actor=volunteer, record_id=record.pk)
    assert rows_of("opportunities", "base") == before


def test_nobody_else_revokes_a_record(volunteer: User) -> None:
    worked(volunteer, OpportunityHostFactory(), day(3, 1), 2)
    record = services.create_service_record(actor=volunteer)
    for actor in (UserFactory(), UserFactory(overseer=True)):
        act = lambda actor=actor: services.revoke_service_record(actor=actor, record_id=record.pk)  # noqa: E731
        assert problems_of(act) == [("NOT_FOUND", "record_id")]


def test_a_record_is_found_by_its_code_while_the_account_is_there(volunteer: User) -> None:
    worked(volunteer, OpportunityHostFactory(), day(3, 1), 2)
    record = services.create_service_record(actor=volunteer)
    assert find_public_record(code=record.code.upper()) == record
    for code in ("", "x", record.code[:-1], record.code + "a", "\x00" * 26, "é" * 26, "🌊"):
        assert find_public_record(code=code) is None
    User.objects.update(is_active=False)
    assert find_public_record(code=record.code) is None


def test_a_record_outlives_a_change_of_the_secret_by_its_fallback_only(volunteer: User, settings: Any) -> None:
    worked(volunteer, OpportunityHostFactory(), day(3, 1), 2)
    make = lambda: services.create_service_record(actor=volunteer)  # noqa: E731
    record = make()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "n" * 40
    settings.SECRET_KEY_FALLBACKS = [old]
    assert read(record).content.hours == 2
    assert make() == record
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(signing.BadSignature):
        read(record)
    assert read(make()).content.hours == 2
