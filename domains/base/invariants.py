"""Invariants of the outbox and of the mails."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from domains.base import queue
from domains.base.audit import invariant
from domains.base.models import MailJob, OutboxEntry

#: Far longer than a delivery, the relay or an automatic recovery takes.
DELIVERY_WINDOW = timedelta(minutes=5)
MAIL_WINDOW = timedelta(minutes=15)


@invariant
def facts_are_delivered_soon() -> QuerySet[OutboxEntry]:
    """A fact is delivered within five minutes: the relay runs, and its listeners work."""
    return queue.waiting(OutboxEntry.objects.all()).filter(created_at__lt=timezone.now() - DELIVERY_WINDOW)


@invariant
def mails_are_sent_soon() -> QuerySet[MailJob]:
    """A mail that is due is tried within a quarter of an hour."""
    return queue.waiting(MailJob.objects.all()).filter(due_at__lt=timezone.now() - MAIL_WINDOW)


@invariant
def no_fact_is_parked() -> QuerySet[OutboxEntry]:
    """No fact is parked after its last try: what should have followed from it has not, and never will by itself."""
    return queue.parked(OutboxEntry.objects.all())
