"""Replacing the address of a calendar feed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from domains.accounts.models import User
from domains.accounts.services.lock_actor import lock_self
from domains.events.models import CalendarFeed


@transaction.atomic
def rotate_calendar_feed(*, actor: User) -> CalendarFeed:
    """The actor's calendar feed has a new address; the earlier ones lead nowhere. A repeat replaces it once more.

    Refuses with UNAUTHENTICATED if the account was closed since the request began.
    """
    # Two replacements at once must not give the same number, so the account is locked: there may be no row yet.
    lock_self(actor=actor)
    feed = CalendarFeed.objects.filter(user=actor).first() or CalendarFeed(user=actor)
    feed.number, feed.replaced_at = feed.number + 1, timezone.now()
    feed.save()
    return feed
