"""What becomes of applications, hours and records of service when a volunteer's account is erased."""

from __future__ import annotations

from collections import Counter

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from domains.base import bus
from domains.base.errors import NotFound
from domains.base.personal_data import ErasedPerson
from domains.opportunities import facts
from domains.opportunities.models import (
    LIVE_APPLICATION_STATUSES,
    SLOT_HOLDING_STATUSES,
    Application,
    ApplicationStatus,
    ErasedHours,
    HoursEntry,
    Role,
    ServiceRecord,
)
from domains.opportunities.selectors import GroupBy, sum_seconds_by_month
from domains.opportunities.services.application_locks import lock_again
from domains.opportunities.services.locks import lock_role
from domains.opportunities.services.moves import move, offer_slots
from domains.opportunities.transitions import Act, is_possible, target_of


def withdraw_applications(person: ErasedPerson) -> None:
    """The person's live applications are withdrawn, as if by the volunteer: slots go to the next on the waitlists.

    Slots in opportunities that are over stay until the rows go. A system act, in transactions of its own.
    """
    live = set(LIVE_APPLICATION_STATUSES) - {ApplicationStatus.COMPLETED}
    applications = Application.objects.filter(volunteer=person.user_id, status__in=live)
    for application in applications.select_related("role__opportunity", "volunteer").order_by("role", "pk"):
        _withdraw(application)


@transaction.atomic
def _withdraw(application: Application) -> None:
    try:
        role = lock_again(application=application, viewer=None)
    except NotFound:
        return
    now, target = timezone.now(), target_of(Act.WITHDRAW)
    is_over = application.status == ApplicationStatus.ACCEPTED and role.opportunity.end_date <= now
    if is_over or not is_possible(Act.WITHDRAW, application.status, target):
        return
    volunteer = application.volunteer
    moved = move(application=application, role=role, act=Act.WITHDRAW, target=target, actor=volunteer, now=now)
    bus.publish(facts.ApplicationWithdrawn(application_id=application.pk, move_id=moved.pk))


def erase_volunteer(person: ErasedPerson) -> None:
    """The person's applications and hours are removed; their approved hours stay in the sums of the hosts.

    The slots that they held are free. Records of service stay readable without their volunteer, or are revoked, as the
    person chose. A system act, in the transaction in which the person's rows go: the database lets approved hours go
    only then.
    """
    _keep_sums(person.user_id)
    _free_slots(person.user_id)
    records = ServiceRecord.objects.filter(volunteer=person.user_id)
    if not person.keeps_service_records:
        # What is left of a revoked record is its code; its times say nothing.
        empty = {"token": "", "approved_seconds": 0, "since": person.closed_at, "until": timezone.now()}
        records.update(revoked_at=timezone.now(), **empty)
    records.update(volunteer=None)


def _keep_sums(user_id: int) -> None:
    entries = HoursEntry.objects.current().filter(
        volunteer=user_id, seconds__gt=0, application__role__opportunity__host__isnull=False
    )
    # In order, so that two erasures lock the same sums in one order.
    sums = sum_seconds_by_month(entries, GroupBy.HOST)
    ErasedHours.objects.bulk_create(
        [ErasedHours(host_id=host_id, month=month) for host_id, month, _ in sums], ignore_conflicts=True
    )
    for host_id, month, seconds in sums:
        ErasedHours.objects.filter(host=host_id, month=month).update(seconds=F("seconds") + seconds)


def _free_slots(user_id: int) -> None:
    applications = Application.objects.filter(volunteer=user_id)
    role_ids = sorted(set(applications.values_list("role", flat=True)))
    list(Role.objects.select_for_update(no_key=True).filter(pk__in=role_ids).order_by("pk").values_list("pk"))
    holding = applications.filter(status__in=SLOT_HOLDING_STATUSES).order_by()
    held: Counter[int] = Counter(dict(holding.values_list("role").annotate(Count("pk"))))
    applications.delete()
    for role_id, number in sorted(held.items()):
        Role.objects.filter(pk=role_id).update(slots_taken=F("slots_taken") - number)
        if role := lock_role(viewer=None, role_id=role_id):
            offer_slots(role=role, now=timezone.now(), number=number)
