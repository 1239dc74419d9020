"""The end of a crawl: listings that have vanished from their source are closed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from domains.base.errors import NotFound
from domains.opportunities.models import Listing, Opportunity, OpportunityStatus, Source

#: After this many whole crawls in a row that did not find it, a listing is closed.
MAX_MISSED_RUNS = 2


@transaction.atomic
def finish_crawl(*, source_id: int, started_at: datetime, is_whole: bool) -> int:
    """The crawl is recorded; a listing that a whole crawl did not find is missed once more, and closed if missed twice.

    A crawl is whole when it read every page and every listing on it: neither an outage nor a listing that
    exists but cannot be read may close anything. A system act. Opportunities that a host has taken over
    stay unchanged. Returns how many were closed. Refuses with NOT_FOUND.
    """
    if not Source.objects.filter(pk=source_id).update(last_run_at=timezone.now()):
        raise NotFound("source")
    if not is_whole:
        return 0
    unseen = Listing.objects.filter(
        source_id=source_id,
        last_seen_at__lt=started_at,
        opportunity__host__isnull=True,
        opportunity__status=OpportunityStatus.OPEN,
    )
    Listing.objects.filter(pk__in=unseen.values("pk")).update(missed_runs=F("missed_runs") + 1)
    return Opportunity.objects.filter(
        pk__in=unseen.filter(missed_runs__gte=MAX_MISSED_RUNS).values("pk"), status=OpportunityStatus.OPEN
    ).update(status=OpportunityStatus.CLOSED, updated_at=timezone.now())
