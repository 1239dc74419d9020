"""Recording, after the opportunity has ended, whether the volunteer came and which skills they learned."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, NotAllowed, Problem, Refused
from domains.opportunities import facts, policies
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, Role
from domains.opportunities.services.application_locks import lock_to_decide
from domains.opportunities.services.moves import move
from domains.opportunities.services.role_drafts import MAX_SKILLS_PER_ROLE
from domains.opportunities.transitions import Act, target_of
from domains.skills.services import endorse_skills

ABSENT = "Did not attend."


@transaction.atomic
def complete_application(
    *, actor: User, application_id: int, attended: bool = True, endorsed_skill_ids: Sequence[int] = ()
) -> Application:
    """The application is COMPLETED, and the volunteer's endorsed skills are verified; if they did not come, CANCELLED.

    A repeat changes nothing. Refuses with NOT_FOUND, FORBIDDEN, INVALID, TOO_LONG and NOT_FOUND for skills that the
    role does not develop, TOO_EARLY (it is not over) and CONFLICT (the message names the current status).
    A coordinator may not endorse their own skills: FORBIDDEN.
    """
    application, role = lock_to_decide(actor=actor, application_id=application_id)
    if endorsed_skill_ids and not policies.can_endorse(actor, application):
        raise NotAllowed("Somebody else who runs the organization must endorse your skills; complete it without any.")
    act = Act.COMPLETE if attended else Act.MISS
    target = target_of(act)
    if application.status == target:
        return application
    now = timezone.now()
    if role.opportunity.end_date > now:
        message = "It is not over yet: say who came once it has ended."
        raise Refused.because(OpportunityCode.TOO_EARLY, message, "application_id")
    if problems := _problems_of_skills(role, attended, endorsed_skill_ids):
        raise Refused(*problems)
    reason = "" if attended else ABSENT
    moved = move(application=application, role=role, act=act, target=target, actor=actor, now=now, reason=reason)
    endorse_skills(person=application.volunteer, skill_ids=endorsed_skill_ids)
    bus.publish(facts.ApplicationDecided(application_id=application.pk, move_id=moved.pk))
    return application


def _problems_of_skills(role: Role, attended: bool, skill_ids: Sequence[int]) -> list[Problem]:
    if skill_ids and not attended:
        message = "Nobody learns a skill without coming: endorse none, or say that the volunteer attended."
        return [Problem(Code.INVALID, message, "endorsed_skill_ids")]
    if len(skill_ids) > MAX_SKILLS_PER_ROLE:
        message = f"Endorse at most {MAX_SKILLS_PER_ROLE} skills."
        return [Problem(Code.TOO_LONG, message, "endorsed_skill_ids")]
    developed = set(role.role_skills.filter(is_developed=True).values_list("skill_id", flat=True))
    return [
        Problem(Code.NOT_FOUND, "This role does not develop such a skill.", f"endorsed_skill_ids.{number}")
        for number, skill_id in enumerate(skill_ids)
        if skill_id not in developed
    ]
