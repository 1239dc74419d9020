"""Taking no more applications."""

from __future__ import annotations

import pytest

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationStatus, Opportunity, OpportunityStatus
from tests.factories import ApplicationFactory, OpportunityFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def refusal(opportunity: Opportunity, actor: User | None = None, reason: str = "") -> tuple[str | None, str]:
    actor = actor or owner_of(opportunity.host)
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        services.close_opportunity(actor=actor, opportunity_id=opportunity.pk, reason=reason)
    assert rows_of("opportunities", "base") == before
    (problem,) = refused.value.problems
    return problem.field, str(problem.code)


def test_closing_keeps_who_applied_and_lets_nobody_else_and_again_changes_nothing() -> None:
    application = ApplicationFactory()
    opportunity = application.role.opportunity
    owner = owner_of(opportunity.host)
    closed = services.close_opportunity(actor=owner, opportunity_id=opportunity.pk, reason=" Enough\nhands. ")
    assert (closed.status, closed.closed_reason) == (OpportunityStatus.CLOSED, "Enough hands.")
    before = rows_of("opportunities", "base")
    services.close_opportunity(actor=owner, opportunity_id=opportunity.pk, reason="Another reason.")
    assert rows_of("opportunities", "base") == before
    assert Application.objects.get().status == ApplicationStatus.APPLIED
    (told,) = OutboxEntry.objects.all()
    assert (told.fact, told.payload) == ("opportunities.OpportunityClosed", {"opportunity_id": opportunity.pk})
    with pytest.raises(Refused) as refused:
        services.apply_to_role(actor=UserFactory(), role_id=application.role_id)
    assert [problem.code for problem in refused.value.problems] == ["CLOSED"]


def test_a_draft_and_what_was_called_off_cannot_be_closed() -> None:
    for status in (OpportunityStatus.DRAFT, OpportunityStatus.CANCELLED):
        assert refusal(OpportunityFactory(status=status)) == ("opportunity_id", "CONFLICT")


def test_a_long_reason_and_one_that_cannot_be_seen_are_refused() -> None:
    assert refusal(OpportunityFactory(), reason="x" * 501) == ("reason", "TOO_LONG")
    assert refusal(OpportunityFactory(), reason="\u200b") == ("reason", "INVALID")


def test_others_may_not_close_it() -> None:
    for actor in (UserFactory(), UserFactory(overseer=True)):
        assert refusal(OpportunityFactory(), actor) == (None, "FORBIDDEN")
    assert refusal(OpportunityFactory(draft=True), UserFactory()) == ("opportunity_id", "NOT_FOUND")
