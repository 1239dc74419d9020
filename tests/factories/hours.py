"""Hours that volunteers gave, and their records of service."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, SelfAttribute, Sequence, SubFactory, Trait

from domains.opportunities import selectors
from domains.opportunities.models import ApplicationStatus, ErasedHours, HoursEntry, HoursStatus, ServiceRecord
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory
from tests.factories.opportunities import ApplicationFactory, OpportunityHostFactory


class HoursEntryFactory(ModelFactory[HoursEntry]):
    """Three hours that wait for a review, each entry on a day of its own.

    Traits: `approved`, `rejected`, `proposed` (by check-in, from a ticket of some number).
    """

    class Meta:
        model = HoursEntry

    class Params:
        approved = Trait(status=HoursStatus.APPROVED)
        rejected = Trait(status=HoursStatus.REJECTED)
        proposed = Trait(
            status=HoursStatus.PROPOSED,
            proposed_from=Sequence(lambda n: 1_000_000 + n),
            proposed_started_at=SelfAttribute("started_at"),
            proposed_ended_at=SelfAttribute("ended_at"),
        )

    application = SubFactory(ApplicationFactory, status=ApplicationStatus.ACCEPTED, role__opportunity__past=True)
    volunteer = SelfAttribute("application.volunteer")
    started_at = Sequence(lambda n: timezone.now().replace(microsecond=0) - timedelta(days=n % 3000 + 1))
    ended_at = LazyAttribute(lambda entry: entry.started_at + timedelta(hours=3))
    seconds = LazyAttribute(lambda entry: int((entry.ended_at - entry.started_at).total_seconds()))
    reviewed_at = LazyAttribute(
        lambda entry: timezone.now() if entry.status in {HoursStatus.APPROVED, HoursStatus.REJECTED} else None
    )


class ErasedHoursFactory(ModelFactory[ErasedHours]):
    """Three hours of one month that belonged to accounts which were erased."""

    class Meta:
        model = ErasedHours

    host = SubFactory(OpportunityHostFactory)
    month = Sequence(lambda n: date(2000 + n % 100, n % 12 + 1, 1))
    seconds = 3 * 3600


class ServiceRecordFactory(ModelFactory[ServiceRecord]):
    """A record of last year's hours, with a token that nobody signed; `revoked=True` for one without."""

    class Meta:
        model = ServiceRecord

    class Params:
        revoked = Trait(token="", revoked_at=LazyFunction(timezone.now))

    volunteer = SubFactory(UserFactory)
    since = LazyFunction(lambda: timezone.now() - timedelta(days=365))
    until = LazyFunction(timezone.now)
    approved_seconds = 3 * 3600
    token = "header.payload.signature"


def counted(entry: HoursEntry) -> int:
    """Return what the entry adds to the sum of approved hours, in seconds."""
    row = HoursEntry.objects.filter(pk=entry.pk).annotate(counted_seconds=selectors.counted_seconds())
    number: int = row.values_list("counted_seconds", flat=True).get()
    return number
