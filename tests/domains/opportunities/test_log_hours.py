"""Logging hours: by the volunteer, for what was worked, once; and putting right what was approved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationStatus, HoursEntry, HoursStatus
from tests.factories import ApplicationFactory, HostMembershipFactory, HoursEntryFactory, UserFactory, owner_of
from tests.factories.hours import counted
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=10)
HOUR = timedelta(hours=1)


@pytest.fixture
def application() -> Application:
    """An application for three hours, ten days ago, that was accepted."""
    return ApplicationFactory(
        status=ApplicationStatus.ACCEPTED,
        role__opportunity__past=True,
        role__opportunity__start_date=NOON,
        role__opportunity__end_date=NOON + 3 * HOUR,
    )


def log(
    application: Application, start: float = 0, end: float = 3, actor: User | None = None, **more: Any
) -> HoursEntry:
    """Log so many hours from noon to noon."""
    return services.log_hours(
        actor=actor or application.volunteer,
        application_id=application.pk,
        started_at=NOON + start * HOUR,
        ended_at=NOON + end * HOUR,
        **more,
    )


def problems_of(act: Any) -> list[tuple[str, str | None]]:
    """Return the codes and fields of a refusal, which must have changed nothing."""
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refusal:
        act()
    assert rows_of("opportunities", "base") == before
    return [(str(problem.code), problem.field) for problem in refusal.value.problems]


@pytest.mark.parametrize("status", ["ACCEPTED", "COMPLETED"])
def test_a_volunteer_logs_hours_that_wait_for_a_review(application: Application, status: str) -> None:
    Application.objects.update(status=status)
    entry = log(application, note="  Sorted\n apples. ")
    entry.refresh_from_db()
    assert (entry.status, entry.seconds, entry.note) == (HoursStatus.SUBMITTED, 3 * 3600, "Sorted apples.")
    assert (entry.volunteer, counted(entry)) == (application.volunteer, 0)
    assert OutboxEntry.objects.get().fact == "opportunities.HoursSubmitted"


@pytest.mark.parametrize(
    ("status", "code"),
    [(status, "CONFLICT") for status in ("APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED")]
    + [(status, "CLOSED") for status in ("DECLINED", "WITHDRAWN", "CANCELLED", "EXPIRED")],
)
def test_no_hours_for_what_is_not_accepted_or_came_to_nothing(status: str, code: str) -> None:
    application = ApplicationFactory(status=status, role__opportunity__past=True)
    assert problems_of(lambda: log(application)) == [(code, "application_id")]


def test_nobody_logs_hours_for_somebody_else(application: Application) -> None:
    host = application.role.opportunity.host
    for actor in (owner_of(host), HostMembershipFactory(host=host).user, UserFactory(overseer=True)):
        assert problems_of(lambda actor=actor: log(application, actor=actor)) == [("FORBIDDEN", None)]
    assert problems_of(lambda: log(application, actor=UserFactory())) == [("NOT_FOUND", "application_id")]


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        (3, 3, ("INVALID", "ended_at")),
        (3, 2, ("INVALID", "ended_at")),
        (0, 24.5, ("INVALID", "ended_at")),
        (0, 4, ("REQUIRED", "note")),
        (0, 24, ("REQUIRED", "note")),
        (262, 264, ("INVALID", "ended_at")),
    ],
)
def test_times_that_make_no_sense_are_refused(
    application: Application, start: float, end: float, problem: tuple[str, str]
) -> None:
    assert problems_of(lambda: log(application, start, end)) == [problem]


def test_longer_than_planned_needs_a_note_and_longer_than_a_day_a_longer_opportunity(application: Application) -> None:
    assert log(application, 0, 24, note="The truck was late.").seconds == 24 * 3600
    opportunity = application.role.opportunity
    opportunity.start_date = NOON - timedelta(days=5)
    opportunity.save()
    assert log(application, -50, 0).seconds == 50 * 3600


@pytest.mark.parametrize(
    "wrong", [NOON.replace(tzinfo=None), datetime.min.replace(tzinfo=UTC), datetime(9999, 1, 31, 12, tzinfo=UTC)]
)
def test_a_time_without_an_offset_or_out_of_this_world_is_refused(application: Application, wrong: datetime) -> None:
    def act(**times: datetime) -> HoursEntry:
        given = {"started_at": NOON, "ended_at": NOON + HOUR, **times}
        return services.log_hours(
            actor=application.volunteer,
            application_id=application.pk,
            started_at=given["started_at"],
            ended_at=given["ended_at"],
            note="x" * 501,
        )

    assert problems_of(lambda: act(started_at=wrong)) == [("INVALID", "started_at"), ("TOO_LONG", "note")]
    assert problems_of(lambda: act(ended_at=wrong)) == [("INVALID", "ended_at"), ("TOO_LONG", "note")]


def test_fractions_of_seconds_are_left_out(application: Application) -> None:
    entry = log(application, 0, 1 + 1 / 3600 / 3)
    assert (entry.ended_at, entry.seconds) == (NOON + HOUR, 3600)


def test_the_same_hours_sent_again_answer_with_the_first(application: Application) -> None:
    first = log(application, note="Once.")
    before = rows_of("opportunities", "base")
    assert log(application, note="Twice.") == first
    assert rows_of("opportunities", "base") == before
    services.review_hours(actor=owner_of(application.role.opportunity.host), hours_entry_id=first.pk, approve=True)
    assert log(application) == first


def test_rejected_hours_can_be_logged_again(application: Application) -> None:
    owner = owner_of(application.role.opportunity.host)
    first = log(application)
    services.review_hours(actor=owner, hours_entry_id=first.pk, approve=False)
    second = log(application)
    assert second.pk != first.pk
    assert services.review_hours(actor=owner, hours_entry_id=second.pk, approve=True).status == HoursStatus.APPROVED


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (1, 2), (2, 5), (-1, 4)])
def test_what_overlaps_own_approved_hours_anywhere_is_refused(start: int, end: int) -> None:
    application = ApplicationFactory(
        status="ACCEPTED", role__opportunity__past=True, role__opportunity__start_date=NOON
    )
    HoursEntryFactory(
        application=ApplicationFactory(volunteer=application.volunteer),
        started_at=NOON,
        ended_at=NOON + 3 * HOUR,
        approved=True,
    )
    assert problems_of(lambda: log(application, start, end, note="x")) == [("OVERLAPS", "started_at")]


def test_what_touches_approved_hours_or_overlaps_waiting_ones_is_taken(application: Application) -> None:
    HoursEntryFactory(application=application, started_at=NOON, ended_at=NOON + HOUR, approved=True)
    HoursEntryFactory(application=application, started_at=NOON + HOUR, ended_at=NOON + 3 * HOUR)
    HoursEntryFactory(started_at=NOON, ended_at=NOON + 9 * HOUR, approved=True)
    assert log(application, 1, 2).status == HoursStatus.SUBMITTED


def test_a_correction_stands_in_the_place_of_what_it_corrects(application: Application) -> None:
    owner = owner_of(application.role.opportunity.host)

    def approve(entry: HoursEntry) -> HoursEntry:
        return services.review_hours(actor=owner, hours_entry_id=entry.pk, approve=True)

    first = approve(log(application, 0, 3))
    before = HoursEntry.objects.values().get(pk=first.pk)
    second = approve(log(application, 0, 2, corrects_id=first.pk))
    third = approve(log(application, 0.5, 3, corrects_id=second.pk))
    assert [counted(entry) / 3600 for entry in (first, second, third)] == [3, -1, 0.5]
    assert list(HoursEntry.objects.current()) == [third]
    fourth = approve(log(application, 1, 1, corrects_id=third.pk))
    assert counted(fourth) == -third.seconds
    assert HoursEntry.objects.values().get(pk=first.pk) == before
    assert log(application, 1, 1, corrects_id=third.pk) == fourth
    assert counted(approve(log(application, 1, 2))) == 3600


def test_a_correction_names_an_approved_entry_of_the_application_that_is_not_corrected_yet(
    application: Application,
) -> None:
    waiting, foreign = HoursEntryFactory(application=application), HoursEntryFactory(approved=True)
    entry = HoursEntryFactory(application=application, started_at=NOON, ended_at=NOON + HOUR, approved=True)

    def correct(key: int, start: float = 0) -> Any:
        return lambda: log(application, start, 2, corrects_id=key)

    assert problems_of(correct(waiting.pk)) == [("CONFLICT", "corrects_id")]
    assert problems_of(correct(foreign.pk)) == [("NOT_FOUND", "corrects_id")]
    assert problems_of(correct(0)) == [("NOT_FOUND", "corrects_id")]
    assert problems_of(lambda: log(application, 0, 1, corrects_id=entry.pk)) == [("INVALID", "started_at")]
    first = log(application, 0, 2, corrects_id=entry.pk)
    assert problems_of(correct(entry.pk, 0.5)) == [("CONFLICT", "corrects_id")]
    owner = owner_of(application.role.opportunity.host)
    services.review_hours(actor=owner, hours_entry_id=first.pk, approve=False)
    assert log(application, 0.5, 2, corrects_id=entry.pk).corrects == entry


def test_a_correction_must_not_overlap_other_hours(application: Application) -> None:
    entry = HoursEntryFactory(application=application, started_at=NOON, ended_at=NOON + HOUR, approved=True)
    HoursEntryFactory(application=application, started_at=NOON + HOUR, ended_at=NOON + 2 * HOUR, approved=True)
    assert problems_of(lambda: log(application, 0, 1.5, corrects_id=entry.pk)) == [("OVERLAPS", "started_at")]


@pytest.mark.usefixtures("one_window")
def test_logging_has_a_limit(application: Application) -> None:
    for _ in range(300):
        log(application)
    assert problems_of(lambda: log(application)) == [("RATE_LIMITED", None)]
