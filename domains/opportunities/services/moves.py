"""How applications move: the role locked, its places counted, the history written, all in one transaction.

The acts decide who may move what; whatever they do, they do it through here.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import F

from domains.accounts.models import User
from domains.base.errors import Code, Refused
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, Opportunity, Role
from domains.opportunities.transitions import NOWHERE, Act, is_possible, places_taken_by


def lock_role(*, viewer: User, role_id: int) -> Role | None:
    """Return the role, if the viewer may see it, locked until the transaction ends.

    Whoever changes an application of a role holds this lock, so that the places are counted one change
    at a time. Where SQLite ignores it, its transactions run one at a time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a lock outside a transaction protects nothing")
    return (
        Role.objects.select_for_update(of=("self",))
        .select_related("opportunity")
        .filter(pk=role_id, opportunity__in=Opportunity.objects.visible_to(viewer))
        .first()
    )


def move(
    *,
    application: Application,
    role: Role,
    act: Act,
    target: ApplicationStatus,
    actor: User | None,
    now: datetime,
    reason: str = "",
) -> ApplicationHistory:
    """The application is at `target`, its place counted in the locked role; return the line of its history.

    Refuses with CONFLICT, naming the state that stands, where the table has no such move, and with FULL.
    """
    source = NOWHERE if application._state.adding else application.status
    if not is_possible(act, source, target):
        message = f"The application is {source}, and from there it can't become {target}; read it again."
        raise Refused.because(Code.CONFLICT, message, "application_id")
    taken = places_taken_by(source, target)
    if taken > 0 and role.slots_taken >= role.slots_available:
        raise Refused.because(OpportunityCode.FULL, "Every place of this role is taken.")
    application.status = target
    if target == ApplicationStatus.WAITLISTED:
        application.waitlisted_at = now
    application.save()
    if taken:
        Role.objects.filter(pk=role.pk).update(slots_taken=F("slots_taken") + taken)
    return ApplicationHistory.objects.create(
        application=application, from_status=source, to_status=target, actor=actor, reason=reason, at=now
    )
