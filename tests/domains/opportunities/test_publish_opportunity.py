"""Opening an opportunity to everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from domains.base.errors import NotAllowed, NotFound, Refused
from domains.base.models import OutboxEntry
from domains.learning.models import AudienceType
from domains.opportunities import services
from domains.opportunities.models import Opportunity, OpportunityStatus
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    HostMembershipFactory,
    OpportunityFactory,
    RoleFactory,
    UserFactory,
    owner_of,
)

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
        services.publish_opportunity(actor=UserFactory(overseer=True), opportunity_id=draft.pk)
    assert Opportunity.objects.get().status == OpportunityStatus.DRAFT


def test_each_course_that_hosts_must_have_completed_is_named_to_whoever_publishes() -> None:
    draft = RoleFactory(opportunity__draft=True).opportunity
    actor = owner(draft)
    hosting = {"audience_type": AudienceType.HOST, "is_required": True}
    done, begun, new = (CourseFactory(title=title, **hosting) for title in ("Done", "Begun", "A new one"))
    CourseFactory(audience_type=AudienceType.HOST)
    CourseFactory(is_required=True)
    CourseFactory(is_published=False, **hosting)
    EnrollmentFactory(course=done, user=actor, completed=True)
    EnrollmentFactory(course=begun, user=actor)
    EnrollmentFactory(course=new, completed=True)
    with pytest.raises(Refused) as refused:
        services.publish_opportunity(actor=actor, opportunity_id=draft.pk)
    assert [(str(problem.code), problem.field) for problem in refused.value.problems] == [("MISSING_COURSE", None)] * 2
    assert ["A new one" in problem.message for problem in refused.value.problems] == [True, False]
    assert "Begun" in refused.value.problems[1].message
    assert Opportunity.objects.get().status == OpportunityStatus.DRAFT
    prepared = UserFactory()
    HostMembershipFactory(host=draft.host, user=prepared)
    for course in (done, begun, new):
        EnrollmentFactory(course=course, user=prepared, completed=True)
    services.publish_opportunity(actor=prepared, opportunity_id=draft.pk)
    assert Opportunity.objects.get().status == OpportunityStatus.OPEN
