"""The outbox and the mails."""

from __future__ import annotations

from django.utils import timezone
from factory.declarations import Dict, LazyFunction, Sequence, Trait

from domains.base.models import MailJob, OutboxEntry
from tests.factories.model_factory import ModelFactory


class OutboxEntryFactory(ModelFactory[OutboxEntry]):
    """A fact that nobody was told yet and no domain knows; `delivered=True` for one that was."""

    class Meta:
        model = OutboxEntry

    class Params:
        delivered = Trait(done_at=LazyFunction(timezone.now))

    fact = "tests.SomethingHappened"
    payload = Dict({"thing_id": Sequence(lambda n: n + 1)})


class MailJobFactory(ModelFactory[MailJob]):
    """A mail about an attempt to sign up that is over: there is nothing to write."""

    class Meta:
        model = MailJob

    name = Sequence(lambda n: f"verify_email:{n}")
    kind = "verify_email"
    source_id = 0
