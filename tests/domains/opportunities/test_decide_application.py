"""Deciding about an application."""

from __future__ import annotations

import pytest

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound, Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import (
    Application,
    ApplicationHistory,
    ApplicationStatus,
    MembershipRole,
    OpportunityStatus,
)
from domains.opportunities.transitions import Decision
from tests.factories import (
    ApplicationFactory,
    HostMembershipFactory,
    OpportunityHostFactory,
    RoleFactory,
    UserFactory,
    owner_of,
)
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def owner(application: Application) -> User:
    host = application.role.opportunity.host
    assert host is not None
    return owner_of(host)


def refusal(actor: User, application: Application, decision: Decision, note: str = "") -> Refused:
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        services.decide_application(actor=actor, application_id=application.pk, decision=decision, note=note)
    assert rows_of("opportunities", "base") == before
    return refused.value


@pytest.mark.parametrize(
    ("start", "decision", "end", "places"),
    [
        ("APPLIED", "SHORTLIST", "SHORTLISTED", 0),
        ("APPLIED", "ACCEPT", "ACCEPTED", 1),
        ("APPLIED", "DECLINE", "DECLINED", 0),
        ("APPLIED", "WAITLIST", "WAITLISTED", 0),
        ("SHORTLISTED", "ACCEPT", "ACCEPTED", 1),
        ("SHORTLISTED", "DECLINE", "DECLINED", 0),
        ("SHORTLISTED", "WAITLIST", "WAITLISTED", 0),
        ("WAITLISTED", "ACCEPT", "ACCEPTED", 1),
        ("WAITLISTED", "DECLINE", "DECLINED", 0),
    ],
)
def test_a_decision_moves_the_application_counts_the_place_and_is_written_down(
    start: str, decision: str, end: str, places: int
) -> None:
    application = ApplicationFactory(status=ApplicationStatus(start))
    actor = owner(application)
    for _ in range(2):
        decided = services.decide_application(
            actor=actor, application_id=application.pk, decision=Decision(decision), note="See you  there."
        )
        assert decided.status == end
    application.refresh_from_db()
    application.role.refresh_from_db()
    assert (application.status, application.role.slots_taken) == (end, places)
    assert (application.waitlisted_at is not None) == ("WAITLISTED" in {start, end})
    last = ApplicationHistory.objects.filter(actor=actor).get()
    assert (last.from_status, last.to_status, last.reason) == (start, end, "See you there.")
    facts = [(entry.fact, entry.payload) for entry in OutboxEntry.objects.all()]
    assert facts == [("opportunities.ApplicationDecided", {"application_id": application.pk, "move_id": last.pk})]


@pytest.mark.parametrize("start", ["OFFERED", "ACCEPTED", "COMPLETED", "DECLINED", "WITHDRAWN", "CANCELLED", "EXPIRED"])
@pytest.mark.parametrize("decision", list(Decision))
def test_what_is_settled_is_a_conflict_that_names_the_state(start: str, decision: Decision) -> None:
    same = {("ACCEPTED", Decision.ACCEPT), ("DECLINED", Decision.DECLINE)}
    application = ApplicationFactory(status=ApplicationStatus(start))
    if (start, decision) in same:
        actor = owner(application)
        before = rows_of("opportunities", "base")
        assert (
            services.decide_application(actor=actor, application_id=application.pk, decision=decision).status == start
        )
        assert rows_of("opportunities", "base") == before
        return
    (problem,) = refusal(owner(application), application, decision).problems
    assert problem.code == "CONFLICT"
    assert start in problem.message


def test_accepting_for_a_full_role_is_refused() -> None:
    role = RoleFactory(slots_available=1)
    ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    waiting = ApplicationFactory(role=role, status=ApplicationStatus.SHORTLISTED)
    assert [problem.code for problem in refusal(owner(waiting), waiting, Decision.ACCEPT).problems] == ["FULL"]


def test_others_may_not_decide() -> None:
    application = ApplicationFactory()
    host = application.role.opportunity.host
    owner(application)
    scanner, invited = UserFactory(), UserFactory()
    HostMembershipFactory(host=host, user=scanner, role=MembershipRole.SCANNER)
    HostMembershipFactory(host=host, user=invited, accepted_at=None)
    for actor in (application.volunteer, UserFactory(overseer=True)):
        assert isinstance(refusal(actor, application, Decision.ACCEPT), NotAllowed)
    for actor in (UserFactory(), owner_of(OpportunityHostFactory()), scanner, invited):
        assert isinstance(refusal(actor, application, Decision.ACCEPT), NotFound)


def test_a_note_has_an_end_and_an_opportunity_that_was_called_off_has_no_decisions() -> None:
    application = ApplicationFactory(role__opportunity__status=OpportunityStatus.CANCELLED)
    actor = owner(application)
    assert [problem.field for problem in refusal(actor, application, Decision.ACCEPT, "x" * 501).problems] == ["note"]
    assert [problem.code for problem in refusal(actor, application, Decision.ACCEPT).problems] == ["CLOSED"]
