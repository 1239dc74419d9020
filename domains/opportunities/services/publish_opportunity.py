"""Publishing an opportunity."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, Problem, Refused
from domains.learning.models import AudienceType
from domains.learning.selectors import find_completed_courses, find_required_courses
from domains.opportunities import facts
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Opportunity, OpportunityStatus
from domains.opportunities.services.drafts import INVALID_END
from domains.opportunities.services.locks import lock_opportunity


@transaction.atomic
def publish_opportunity(*, actor: User, opportunity_id: int) -> Opportunity:
    """The opportunity is OPEN: everybody sees it and may apply. A repeat changes nothing.

    Refuses with NOT_FOUND, FORBIDDEN, CONFLICT (closed or cancelled), and then with all that is missing: REQUIRED
    (a role), INVALID (it is over, or ends when it begins) and MISSING_COURSE (each course that every host must
    complete and the actor has not completed).
    """
    opportunity = lock_opportunity(actor=actor, opportunity_id=opportunity_id, what="publish its opportunities")
    if opportunity.status == OpportunityStatus.OPEN:
        return opportunity
    if opportunity.status != OpportunityStatus.DRAFT:
        message = f"It is {opportunity.status} and can't be published; draft a new one."
        raise Refused.because(Code.CONFLICT, message, "opportunity_id")
    if problems := [*_missing(opportunity), *_missing_courses(actor)]:
        raise Refused(*problems)
    opportunity.status = OpportunityStatus.OPEN
    opportunity.save(update_fields=["status", "updated_at"])
    bus.publish(facts.OpportunityPublished(opportunity_id=opportunity.pk))
    return opportunity


def _missing(opportunity: Opportunity) -> list[Problem]:
    problems = []
    if not opportunity.roles.exists():
        problems.append(Problem(Code.REQUIRED, "Add at least one role that people can apply for.", "roles"))
    if opportunity.end_date <= opportunity.start_date:
        problems.append(Problem(Code.INVALID, INVALID_END, "end_date"))
    elif opportunity.end_date <= timezone.now():
        problems.append(Problem(Code.INVALID, "It is over already; give it an end that is still to come.", "end_date"))
    return problems


def _missing_courses(actor: User) -> list[Problem]:
    completed = find_completed_courses(user=actor).values("pk")
    courses = find_required_courses(audience=AudienceType.HOST).exclude(pk__in=completed).order_by("title", "pk")
    return [
        Problem(OpportunityCode.MISSING_COURSE, f"Complete the course “{course.title}” first; every host needs it.")
        for course in courses
    ]
