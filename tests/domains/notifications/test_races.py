"""Many at once on the embedded database: told once, mailed once. On PostgreSQL more is asked (tests/services)."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core import mail

from domains.notifications import services
from domains.notifications.models import MailDelivery, Notification, NotificationKind
from tests.factories import MailDeliveryFactory, MessageFactory, UserFactory, conversation_between
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4


def test_the_same_fact_told_at_once_is_told_once() -> None:
    people = [person.pk for person in UserFactory.create_batch(5)]
    kind = NotificationKind.OFFER_MADE
    told = at_once(
        lambda _: services.notify(recipient_ids=people, kind=kind, template="fact", source_id=1, title="It happened"),
        THREADS,
    )
    assert sum(told) == Notification.objects.count() == MailDelivery.objects.count() == 5  # type: ignore[arg-type]


def test_the_same_mails_sent_at_once_are_sent_once() -> None:
    MailDeliveryFactory.create_batch(12)
    at_once(lambda _: services.send_due_mails(), THREADS)
    assert Counter(Counter(message.to[0] for message in mail.outbox).values()) == {1: 12}


def test_messages_at_once_tell_each_person_once() -> None:
    people = UserFactory.create_batch(5)
    talk = conversation_between(*people)
    messages = [MessageFactory(conversation=talk, sender=people[0]) for _ in range(THREADS)]
    at_once(
        lambda number: services.notify_of_message(
            conversation_id=talk.pk, sequence=messages[number].sequence, sender_id=people[0].pk
        ),
        THREADS,
    )
    assert Notification.objects.count() == 4
