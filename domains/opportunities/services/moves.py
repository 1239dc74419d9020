"""Moves of applications: under the role's lock, count its slots and write the history, all in one transaction.

The services decide who may move what, and make every move through this module. So each slot that becomes free is
offered once to the next volunteer on the waitlist who may hold it, whichever move freed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, F, QuerySet, When

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import Code, Refused
from domains.base.waitlist import offer_deadline
from domains.opportunities import facts
from domains.opportunities.errors import OpportunityCode
from domains.opportunities.models import (
    WORKING_STATUSES,
    Application,
    ApplicationHistory,
    ApplicationStatus,
    OpportunityStatus,
    Role,
)
from domains.opportunities.selectors import find_next_on_waitlist
from domains.opportunities.services.remove_proposals import remove_proposals
from domains.opportunities.transitions import NO_STATUS, Act, count_slots_taken, is_possible, target_of

#: Opportunities with these statuses still offer free slots to the waitlist.
OFFERING_STATUSES = (OpportunityStatus.OPEN, OpportunityStatus.CLOSED)


def move(
    *,
    application: Application,
    role: Role,
    act: Act,
    target: ApplicationStatus,
    actor: User | None,
    now: datetime,
    reason: str = "",
    overrides: Sequence[OpportunityCode] = (),
) -> ApplicationHistory:
    """The application has the status `target`, its slot is counted in the locked role; returns the history's row.

    Before a move into a slot, the caller checks that the volunteer may hold it; `overrides` are the reasons that the
    coordinator overrode. A slot that this frees is offered to the next on the waitlist. Proposed hours of an
    application that ends are removed. Refuses with CONFLICT, naming the current status, where the table has no such
    move, and with FULL.
    """
    source = refuse_unless_possible(application=application, act=act, target=target)
    taken = count_slots_taken(source, target)
    if taken > 0 and role.slots_taken >= role.slots_available:
        raise Refused.because(OpportunityCode.FULL, "Every slot of this role is taken.")
    _set_status(application, role, act, target, now)
    if source in WORKING_STATUSES and target not in WORKING_STATUSES:
        remove_proposals(application_ids=[application.pk])
    if taken:
        Role.objects.filter(pk=role.pk).update(slots_taken=F("slots_taken") + taken)
        role.slots_taken += taken
    moved = ApplicationHistory.objects.create(
        application=application,
        from_status=source,
        to_status=target,
        actor=actor,
        reason=reason,
        overrides=list(overrides),
        at=now,
    )
    if taken < 0:
        offer_slots(role=role, now=now, number=-taken)
    return moved


def cancel_all(
    *, applications: QuerySet[Application], actor: User | None, now: datetime, reason: str
) -> list[ApplicationHistory]:
    """These applications are CANCELLED, as by `move`, in the same few statements however many they are.

    For a cancelled opportunity: the slots that become free are not offered. The caller has locked the roles.
    """
    target = target_of(Act.CANCEL)
    rows = [one for one in applications.order_by("pk") if is_possible(Act.CANCEL, one.status, target)]
    # Applications without a slot first: the history must not suggest that somebody moved up.
    rows.sort(key=lambda one: count_slots_taken(one.status, target) < 0)
    freed = Counter(one.role_id for one in rows if count_slots_taken(one.status, target) < 0)
    Application.objects.filter(pk__in=[one.pk for one in rows]).update(status=target, offer_expires_at=None)
    remove_proposals(application_ids=[one.pk for one in rows if one.status in WORKING_STATUSES])
    numbers = Case(*(When(pk=role_id, then=number) for role_id, number in freed.items()), default=0)
    Role.objects.filter(pk__in=freed).update(slots_taken=F("slots_taken") - numbers)
    return ApplicationHistory.objects.bulk_create(
        ApplicationHistory(
            application=one, from_status=one.status, to_status=target, actor=actor, reason=reason, at=now
        )
        for one in rows
    )


def _set_status(application: Application, role: Role, act: Act, target: ApplicationStatus, now: datetime) -> None:
    application.status = target
    # A volunteer who returns from an offer has a position already.
    if target == ApplicationStatus.WAITLISTED and not (act == Act.RETURN and application.waitlisted_at):
        application.waitlisted_at = Application.objects.end_of_waitlist(role, now)
    application.offer_expires_at = (
        offer_deadline(starts_at=role.opportunity.start_date, ends_at=role.opportunity.end_date, now=now)
        if target == ApplicationStatus.OFFERED
        else None
    )
    application.save()


def refuse_unless_possible(
    *, application: Application, act: Act, target: ApplicationStatus
) -> ApplicationStatus | None:
    """Return the current status, if the act may move the application from it to `target`; refuses with CONFLICT."""
    source = NO_STATUS if application._state.adding else application.status
    if not is_possible(act, source, target):
        message = f"The application is {source}, and from there it can't become {target}; read it again."
        raise Refused.because(Code.CONFLICT, message, "application_id")
    return source


def offer_slots(*, role: Role, now: datetime, number: int) -> None:
    """Free slots of the locked role are offered to the first volunteers on the waitlist who may hold one.

    Volunteers who may not are skipped, and keep their positions for a later slot. Opportunities that are over or
    cancelled make no offers. A system act.
    """
    if role.opportunity.status not in OFFERING_STATUSES or role.opportunity.end_date <= now:
        return
    free = role.slots_available - role.slots_taken
    for application in find_next_on_waitlist(role=role, number=min(number, free), now=now):
        moved = move(
            application=application, role=role, act=Act.OFFER, target=target_of(Act.OFFER), actor=None, now=now
        )
        bus.publish(facts.OfferMade(application_id=application.pk, move_id=moved.pk))
