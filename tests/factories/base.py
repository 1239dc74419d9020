"""The outbox."""

from __future__ import annotations

from django.utils import timezone
from factory.declarations import Dict, LazyFunction, Sequence, Trait

from domains.base.models import OutboxEntry
from tests.factories.model_factory import ModelFactory


class OutboxEntryFactory(ModelFactory[OutboxEntry]):
    """A fact that nobody was told yet and no domain knows; `delivered=True` for one that was."""

    class Meta:
        model = OutboxEntry

    class Params:
        delivered = Trait(delivered_at=LazyFunction(timezone.now))

    fact = "tests.SomethingHappened"
    payload = Dict({"thing_id": Sequence(lambda n: n + 1)})
