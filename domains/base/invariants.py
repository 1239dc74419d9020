"""What must always hold of the outbox."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from domains.base import bus
from domains.base.audit import holds_without
from domains.base.models import OutboxEntry

#: Far longer than telling takes, or the relay, or a repair that nobody has to be called for.
TOLD_WITHIN = timedelta(minutes=5)


@holds_without
def facts_are_told_soon() -> QuerySet[OutboxEntry]:
    """A fact is told within five minutes: the relay runs, and its listeners work."""
    untold = OutboxEntry.objects.filter(delivered_at__isnull=True, attempts__lt=bus.MAX_ATTEMPTS)
    return untold.filter(created_at__lt=timezone.now() - TOLD_WITHIN)


@holds_without
def no_fact_is_given_up() -> QuerySet[OutboxEntry]:
    """No fact is parked after its last try: what should have followed from it has not, and never will by itself."""
    return OutboxEntry.objects.filter(delivered_at__isnull=True, attempts__gte=bus.MAX_ATTEMPTS)
