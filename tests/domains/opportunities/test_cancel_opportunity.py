"""Calling an opportunity off."""

from __future__ import annotations

import pytest

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import (
    LIVE_APPLICATION_STATUSES,
    SLOT_HOLDING_STATUSES,
    Application,
    ApplicationHistory,
    ApplicationStatus,
    Opportunity,
    OpportunityChange,
    OpportunityKind,
    OpportunityStatus,
    Role,
)
from tests.factories import ApplicationFactory, OpportunityFactory, RoleFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def refusal(opportunity: Opportunity, actor: User | None = None, reason: str = "") -> tuple[str | None, str]:
    actor = actor or owner_of(opportunity.host)
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        services.cancel_opportunity(actor=actor, opportunity_id=opportunity.pk, reason=reason)
    assert rows_of("opportunities", "base") == before
    (problem,) = refused.value.problems
    return problem.field, str(problem.code)


@pytest.mark.parametrize("status", [OpportunityStatus.OPEN, OpportunityStatus.CLOSED])
def test_every_live_application_ends_with_it_its_place_free_and_its_history_written(status: OpportunityStatus) -> None:
    opportunity = OpportunityFactory(status=status)
    roles = [RoleFactory(opportunity=opportunity, slots_available=9) for _ in range(2)]
    applications = [ApplicationFactory(role=role, status=one) for role in roles for one in ApplicationStatus]
    elsewhere = ApplicationFactory(status=ApplicationStatus.ACCEPTED)
    owner = owner_of(opportunity.host)
    cancelled = services.cancel_opportunity(actor=owner, opportunity_id=opportunity.pk, reason=" A  storm. ")
    assert (cancelled.status, cancelled.closed_reason) == (OpportunityStatus.CANCELLED, "A storm.")
    change = OpportunityChange.objects.get()
    for application in applications:
        was = application.status
        application.refresh_from_db()
        if was in LIVE_APPLICATION_STATUSES and was != ApplicationStatus.COMPLETED:
            assert application.status == ApplicationStatus.CANCELLED
            last = ApplicationHistory.objects.filter(application=application).latest("pk")
            assert (last.from_status, last.to_status, last.actor, last.reason, last.at) == (
                was,
                ApplicationStatus.CANCELLED,
                owner,
                "A storm.",
                change.at,
            )
        else:
            assert application.status == was
    for role in roles:
        role.refresh_from_db()
        taken = Application.objects.filter(role=role, status__in=SLOT_HOLDING_STATUSES).count()
        assert role.slots_taken == taken == 1
    elsewhere.refresh_from_db()
    assert (elsewhere.status, Role.objects.get(pk=elsewhere.role_id).slots_taken) == (ApplicationStatus.ACCEPTED, 1)
    assert change.before == {"status": status, "closed_reason": ""}
    assert change.after == {"status": "CANCELLED", "closed_reason": "A storm."}
    told = OutboxEntry.objects.get(fact="opportunities.OpportunityCancelled")
    assert told.payload == {"opportunity_id": opportunity.pk, "change_id": change.pk}
    assert not OutboxEntry.objects.filter(fact__contains="Offer").exists()


def test_calling_it_off_again_changes_nothing() -> None:
    opportunity = ApplicationFactory(status=ApplicationStatus.ACCEPTED).role.opportunity
    owner = owner_of(opportunity.host)
    services.cancel_opportunity(actor=owner, opportunity_id=opportunity.pk, reason="A storm.")
    before = rows_of("opportunities", "base")
    again = services.cancel_opportunity(actor=owner, opportunity_id=opportunity.pk, reason="Another reason.")
    assert (again.status, again.closed_reason) == (OpportunityStatus.CANCELLED, "A storm.")
    assert rows_of("opportunities", "base") == before


def test_nobody_applies_or_is_decided_about_afterwards() -> None:
    application = ApplicationFactory()
    opportunity = application.role.opportunity
    owner = owner_of(opportunity.host)
    services.cancel_opportunity(actor=owner, opportunity_id=opportunity.pk)
    with pytest.raises(Refused) as refused:
        services.apply_to_role(actor=UserFactory(), role_id=application.role_id)
    assert "CLOSED" in [problem.code for problem in refused.value.problems]


def test_drafts_listings_from_elsewhere_and_what_is_over_cannot_be_called_off() -> None:
    for opportunity in (
        OpportunityFactory(draft=True),
        OpportunityFactory(kind=OpportunityKind.EXTERNAL),
        OpportunityFactory(past=True),
    ):
        assert refusal(opportunity) == ("opportunity_id", "CONFLICT")


def test_a_long_reason_is_refused() -> None:
    assert refusal(OpportunityFactory(), reason="x" * 501) == ("reason", "TOO_LONG")


def test_others_may_not_call_it_off() -> None:
    for actor in (UserFactory(), UserFactory(overseer=True)):
        assert refusal(OpportunityFactory(), actor) == (None, "FORBIDDEN")
    assert refusal(OpportunityFactory(external=True), owner_of(OpportunityFactory().host)) == (None, "FORBIDDEN")
    assert refusal(OpportunityFactory(draft=True), UserFactory()) == ("opportunity_id", "NOT_FOUND")
