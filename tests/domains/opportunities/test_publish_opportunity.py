"""Opening an opportunity to everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from domains.base.errors import NotAllowed, NotFound, Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import Opportunity, OpportunityStatus
from tests.factories import OpportunityFactory, RoleFactory, UserFactory, owner_of

pytestmark = pytest.mark.django_db


def owner(opportunity: Opportunity):
    assert opportunity.host is not None
    return owner_of(opportunity.host)


def test_publishing_opens_the_draft_once() -> None:
    draft = RoleFactory(opportunity__draft=True).opportunity
    for _ in range(2):
        opportunity = services.publish_opportunity(actor=owner(draft), opportunity_id=draft.pk)
        assert opportunity.status == Opportunity.objects.get().status == OpportunityStatus.OPEN
    facts = OutboxEntry.objects.filter(fact="opportunities.OpportunityPublished")
    assert [entry.payload for entry in facts] == [{"opportunity_id": draft.pk}]


@pytest.mark.parametrize("status", [OpportunityStatus.CLOSED, OpportunityStatus.CANCELLED])
def test_what_is_closed_stays_closed(status: OpportunityStatus) -> None:
    opportunity = RoleFactory(opportunity__status=status).opportunity
    with pytest.raises(Refused) as refused:
        services.publish_opportunity(actor=owner(opportunity), opportunity_id=opportunity.pk)
    assert [problem.code for problem in refused.value.problems] == ["CONFLICT"]
    assert status in refused.value.problems[0].message
    assert Opportunity.objects.get().status == status


def test_a_draft_without_roles_that_is_over_lacks_both() -> None:
    start = timezone.now() - timedelta(days=2)
    draft = OpportunityFactory(draft=True, start_date=start)
    with pytest.raises(Refused) as refused:
        services.publish_opportunity(actor=owner(draft), opportunity_id=draft.pk)
    assert [(problem.field, str(problem.code)) for problem in refused.value.problems] == [
        ("roles", "REQUIRED"),
        ("end_date", "INVALID"),
    ]
    assert Opportunity.objects.get().status == OpportunityStatus.DRAFT
    assert not OutboxEntry.objects.exists()


def test_others_may_not_publish_and_do_not_learn_of_the_draft() -> None:
    draft = RoleFactory(opportunity__draft=True).opportunity
    with pytest.raises(NotFound):
        services.publish_opportunity(actor=UserFactory(hosting=True), opportunity_id=draft.pk)
    with pytest.raises(NotAllowed):
        services.publish_opportunity(actor=UserFactory(staff=True), opportunity_id=draft.pk)
    assert Opportunity.objects.get().status == OpportunityStatus.DRAFT
