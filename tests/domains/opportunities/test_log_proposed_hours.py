"""Proposed hours: the volunteer confirms them, replaces them by hours of their own, or leaves them to be removed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationStatus, HoursEntry, HoursStatus
from domains.opportunities.selectors import (
    GroupBy,
    count_volunteers,
    find_hours,
    find_hours_to_review,
    sum_hours,
    sum_hours_by_month,
)
from domains.opportunities.services.moves import cancel_all
from domains.opportunities.tasks import remove_old_proposals_of_hours
from tests.factories import (
    ApplicationFactory,
    HostMembershipFactory,
    HoursEntryFactory,
    UserFactory,
    owner_of,
)
from tests.factories.hours import counted
from tests.sql import rows_of, statements_of

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


@pytest.fixture
def proposal(application: Application) -> HoursEntry:
    return proposed(application, 0, 2)


def proposed(application: Application, start: float, end: float, **fields: Any) -> HoursEntry:
    times = {"started_at": NOON + start * HOUR, "ended_at": NOON + end * HOUR}
    return HoursEntryFactory(application=application, proposed=True, **times, **fields)


def confirm(entry: HoursEntry, **changes: Any) -> HoursEntry:
    return services.log_hours(**{"actor": entry.volunteer, "hours_entry_id": entry.pk, **changes})


def log(application: Application, start: float, end: float, **more: Any) -> HoursEntry:
    return services.log_hours(
        actor=application.volunteer,
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


def test_a_confirmed_proposal_waits_for_the_hosts_review_as_logged_hours_do(proposal: HoursEntry) -> None:
    owner = owner_of(proposal.application.role.opportunity.host)
    HoursEntry.objects.update(submitted_at=NOON)
    assert confirm(proposal).pk == proposal.pk
    proposal.refresh_from_db()
    assert (proposal.status, proposal.seconds, proposal.note) == (HoursStatus.SUBMITTED, 7200, "")
    assert proposal.submitted_at > NOON + timedelta(days=9)
    assert OutboxEntry.objects.get().fact == "opportunities.HoursSubmitted"
    assert list(find_hours_to_review(viewer=owner)) == [proposal]
    assert services.review_hours(actor=owner, hours_entry_id=proposal.pk, approve=True).status == HoursStatus.APPROVED
    assert counted(proposal) == 7200


def test_what_is_changed_is_kept_to_the_second_and_the_proposed_times_beside_it(proposal: HoursEntry) -> None:
    ended_at = NOON + 2.5 * HOUR + timedelta(microseconds=9)
    confirm(proposal, ended_at=ended_at, note=" Cleaned\nup. ")
    proposal.refresh_from_db()
    assert (proposal.started_at, proposal.ended_at, proposal.note) == (NOON, NOON + 2.5 * HOUR, "Cleaned up.")
    assert (proposal.seconds, proposal.proposed_ended_at) == (9000, NOON + 2 * HOUR)


@pytest.mark.parametrize("then", ["SUBMITTED", "APPROVED", "REJECTED"])
def test_a_repeat_gives_the_same_entry_and_other_times_are_refused(proposal: HoursEntry, then: str) -> None:
    ended_at = NOON + HOUR
    confirm(proposal, ended_at=ended_at)
    reviewed_at = None if then == "SUBMITTED" else timezone.now()
    HoursEntry.objects.update(status=then, reviewed_at=reviewed_at)
    before = rows_of("opportunities", "base")
    for changes in ({}, {"ended_at": ended_at}, {"started_at": NOON, "note": "Twice."}):
        assert confirm(proposal, **changes).status == then
    assert rows_of("opportunities", "base") == before
    assert problems_of(lambda: confirm(proposal, ended_at=NOON + 2 * HOUR)) == [("CONFLICT", "hours_entry_id")]


def test_neither_or_both_ids_and_what_belongs_to_the_other_are_refused(proposal: HoursEntry) -> None:
    application, actor = proposal.application, proposal.volunteer
    times: dict[str, Any] = {"started_at": NOON, "ended_at": NOON + HOUR}

    def refused(**given: Any) -> list[tuple[str, str | None]]:
        return problems_of(lambda: services.log_hours(actor=actor, **given))

    assert refused(**times) == [("REQUIRED", "application_id")]
    assert refused() == [("REQUIRED", "application_id")]
    assert refused(application_id=application.pk) == [("REQUIRED", "started_at"), ("REQUIRED", "ended_at")]
    assert refused(application_id=application.pk, started_at=NOON) == [("REQUIRED", "ended_at")]
    both = {"application_id": application.pk, "hours_entry_id": proposal.pk}
    assert refused(**both, **times) == [("INVALID", "hours_entry_id")]
    assert refused(hours_entry_id=proposal.pk, corrects_id=proposal.pk) == [("INVALID", "corrects_id")]


def test_nobody_confirms_or_sees_somebody_elses_proposal(proposal: HoursEntry) -> None:
    host = proposal.application.role.opportunity.host
    overseer = UserFactory(overseer=True)
    for actor in (owner_of(host), HostMembershipFactory(host=host).user, UserFactory()):
        assert problems_of(lambda actor=actor: confirm(proposal, actor=actor)) == [("NOT_FOUND", "hours_entry_id")]
        assert list(find_hours(viewer=actor)) == []
    assert problems_of(lambda: confirm(proposal, actor=overseer)) == [("FORBIDDEN", None)]
    assert list(find_hours(viewer=overseer)) == list(find_hours(viewer=proposal.volunteer)) == [proposal]
    confirm(proposal)
    assert problems_of(lambda: confirm(proposal, actor=owner_of(host))) == [("FORBIDDEN", None)]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ended_at": NOON}, ("INVALID", "ended_at")),
        ({"ended_at": NOON - HOUR}, ("INVALID", "ended_at")),
        ({"ended_at": NOON + 4 * HOUR}, ("REQUIRED", "note")),
        ({"ended_at": NOON + 25 * HOUR, "note": "x"}, ("INVALID", "ended_at")),
        ({"ended_at": NOON + timedelta(days=99)}, ("INVALID", "ended_at")),
        ({"started_at": datetime(2026, 1, 1)}, ("INVALID", "started_at")),  # noqa: DTZ001 - that is what is wrong
        ({"started_at": NOON - 26 * HOUR, "ended_at": NOON - 25 * HOUR}, ("INVALID", "started_at")),
        ({"note": "x" * 501}, ("TOO_LONG", "note")),
        ({"note": "a\x00b"}, ("INVALID", "note")),
    ],
)
def test_a_confirmation_obeys_the_rules_of_logged_hours(
    proposal: HoursEntry, changes: dict[str, Any], problem: tuple[str, str]
) -> None:
    assert problems_of(lambda: confirm(proposal, **changes)) == [problem]


def test_a_longer_one_needs_a_note_and_overlapping_approved_hours_stop_it(proposal: HoursEntry) -> None:
    other = ApplicationFactory(volunteer=proposal.volunteer, status="ACCEPTED")
    HoursEntryFactory(application=other, started_at=NOON + 3 * HOUR, ended_at=NOON + 5 * HOUR, approved=True)
    assert problems_of(lambda: confirm(proposal, ended_at=NOON + 4 * HOUR, note="More.")) == [
        ("OVERLAPS", "started_at")
    ]
    confirm(proposal, started_at=NOON - 2 * HOUR, note="I came early to set up.")


def test_confirmed_with_the_times_of_logged_hours_it_is_those_hours(application: Application) -> None:
    logged, proposal = log(application, 0, 1), proposed(application, 2, 3)
    assert confirm(proposal, started_at=NOON, ended_at=NOON + HOUR) == logged
    assert HoursEntry.objects.get() == logged


@pytest.mark.parametrize(("start", "end"), [(0, 2), (-1, 1), (0.5, 1), (1, 3), (-1, 3)])
def test_hours_logged_by_hand_replace_the_proposals_that_they_overlap(
    application: Application, start: float, end: float
) -> None:
    proposal = proposed(application, 0, 2)
    elsewhere = proposed(ApplicationFactory(volunteer=application.volunteer, status="ACCEPTED"), 0, 2)
    kept = [proposed(application, 4, 5), proposed(ApplicationFactory(), 0, 2)]
    entry = log(application, start, end, note="By hand.")
    assert entry.status == HoursStatus.SUBMITTED
    assert set(HoursEntry.objects.all()) == {entry, *kept}
    assert problems_of(lambda: confirm(proposal)) == [("NOT_FOUND", "hours_entry_id")]
    assert problems_of(lambda: confirm(elsewhere)) == [("NOT_FOUND", "hours_entry_id")]


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (2, 3)])
def test_hours_that_only_touch_a_proposal_leave_it(proposal: HoursEntry, start: float, end: float) -> None:
    log(proposal.application, start, end)
    assert HoursEntry.objects.filter(pk=proposal.pk, status="PROPOSED").exists()


def test_a_confirmed_proposal_replaces_others_at_its_time_too(proposal: HoursEntry) -> None:
    other = proposed(ApplicationFactory(volunteer=proposal.volunteer, status="ACCEPTED"), 1, 3)
    confirm(proposal)
    assert not HoursEntry.objects.filter(pk=other.pk).exists()


def test_a_refused_entry_leaves_the_proposal(proposal: HoursEntry) -> None:
    assert problems_of(lambda: log(proposal.application, 0, 4)) == [("REQUIRED", "note")]


def test_proposals_go_with_the_application_that_ends(application: Application) -> None:
    owner = owner_of(application.role.opportunity.host)
    kept = [log(application, 4, 5), proposed(ApplicationFactory(status="ACCEPTED"), 0, 1)]
    proposed(application, 0, 2)
    services.complete_application(actor=owner, application_id=application.pk, attended=False)
    assert list(HoursEntry.objects.order_by("pk")) == kept


def test_proposals_stay_with_the_application_that_is_completed(proposal: HoursEntry) -> None:
    owner = owner_of(proposal.application.role.opportunity.host)
    services.complete_application(actor=owner, application_id=proposal.application_id)
    assert confirm(proposal).status == HoursStatus.SUBMITTED


def test_proposals_go_when_the_volunteer_withdraws_and_when_all_is_called_off() -> None:
    withdrawn, called_off = (ApplicationFactory(status="ACCEPTED") for _ in range(2))
    kept = HoursEntryFactory(application=called_off, started_at=NOON, ended_at=NOON + HOUR)
    for application in (withdrawn, called_off):
        proposed(application, 4, 5)
    services.withdraw_application(actor=withdrawn.volunteer, application_id=withdrawn.pk)
    opportunity = called_off.role.opportunity
    services.cancel_opportunity(actor=owner_of(opportunity.host), opportunity_id=opportunity.pk)
    assert HoursEntry.objects.get() == kept


def test_calling_off_costs_the_same_however_many_proposals_there_are() -> None:
    role = ApplicationFactory(status="ACCEPTED", role__slots_available=100).role

    def call_off() -> None:
        with transaction.atomic():
            rows = Application.objects.filter(role=role, status="ACCEPTED")
            cancel_all(applications=rows, actor=None, now=timezone.now(), reason="")

    def cost(number: int) -> int:
        for _ in range(number):
            proposed(ApplicationFactory(role=role, status="ACCEPTED"), 0, 1)
        return len(statements_of(call_off))

    assert cost(1) == cost(5)
    assert not HoursEntry.objects.exists()


def test_old_proposals_are_removed_and_counted(application: Application) -> None:
    day = timedelta(days=1)
    ends = timezone.now() - 60 * day
    old, young = (
        HoursEntryFactory(application=application, proposed=True, started_at=end - HOUR, ended_at=end)
        for end in (ends - timedelta(seconds=1), ends + HOUR)
    )
    logged = HoursEntryFactory(application=application, started_at=ends - 2 * day, ended_at=ends - 2 * day + HOUR)
    assert remove_old_proposals_of_hours() == 1
    assert set(HoursEntry.objects.all()) == {young, logged}
    assert remove_old_proposals_of_hours() == 0
    assert not HoursEntry.objects.filter(pk=old.pk).exists()


def test_no_sum_counts_proposals(proposal: HoursEntry) -> None:
    owner = owner_of(proposal.application.role.opportunity.host)
    host_id, volunteer = proposal.application.role.opportunity.host_id, proposal.volunteer
    assert host_id
    for viewer, group, key in ((owner, GroupBy.HOST, host_id), (volunteer, GroupBy.VOLUNTEER, volunteer.pk)):
        assert sum_hours(viewer=viewer, group_by=group, keys=[key]) == {}
        assert sum_hours_by_month(viewer=viewer, group_by=group, keys=[key]) == {}
    assert count_volunteers(viewer=owner, host_ids=[host_id]) == {}
    assert list(find_hours_to_review(viewer=owner)) == []
    assert counted(proposal) == 0
    with pytest.raises(Refused):
        services.create_service_record(actor=volunteer)


@pytest.mark.parametrize(
    "columns",
    [
        {"proposed_from": None},
        {"proposed_started_at": None},
        {"proposed_ended_at": None},
        {"proposed_ended_at": NOON + 3 * HOUR},
        {"proposed_started_at": NOON + 3 * HOUR},
        {"status": "SUBMITTED", "proposed_from": None},
        {"status": "SUBMITTED", "proposed_started_at": None},
    ],
)
def test_the_database_refuses_half_a_proposal(proposal: HoursEntry, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="opportunities_hours_proposed_whole"), transaction.atomic():
        HoursEntry.objects.update(**columns)


def test_a_correction_of_hours_that_were_proposed_is_none_of_the_proposals(proposal: HoursEntry) -> None:
    owner = owner_of(proposal.application.role.opportunity.host)
    confirm(proposal)
    services.review_hours(actor=owner, hours_entry_id=proposal.pk, approve=True)
    correction = log(proposal.application, 0, 1, corrects_id=proposal.pk)
    assert (correction.proposed_from, correction.corrects) == (None, proposal)
