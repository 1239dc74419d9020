"""Whatever runs at once: nobody is told, mailed or pushed twice, and what was read stays read."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from domains.base.queue import claim
from domains.messaging import services as messaging
from domains.notifications import services
from domains.notifications.models import Digest, MailDelivery, Notification, NotificationKind, PushSubscription
from tests.factories import (
    MailDeliveryFactory,
    MessageFactory,
    NotificationFactory,
    PushSubscriptionFactory,
    SessionFactory,
    UserFactory,
    conversation_between,
)
from tests.factories.notifications import browser_key
from tests.threads import at_once, somebody_waits

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

WORKERS = 8
KIND = NotificationKind.APPLICATION_DECIDED


@pytest.fixture
def slow_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending takes as long as it does over a network, so that workers meet."""
    send = EmailBackend.send_messages

    def slowly(backend: EmailBackend, messages: Sequence[EmailMessage]) -> int:
        time.sleep(0.02)
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)


@pytest.mark.usefixtures("slow_mails")
def test_eight_workers_send_each_of_forty_mails_once() -> None:
    MailDeliveryFactory.create_batch(40)
    tried = at_once(lambda _: services.send_due_mails(), WORKERS)
    assert Counter(message.to[0] for message in mail.outbox) == Counter(
        Notification.objects.values_list("recipient__email", flat=True)
    )
    assert sum(tried) == 40  # type: ignore[arg-type]
    assert sum(number > 0 for number in tried) > 1, "they share the work"  # type: ignore[operator]


def test_one_mail_is_claimed_by_one_worker() -> None:
    MailDeliveryFactory()
    claims = at_once(lambda _: claim(MailDelivery.objects.all()), WORKERS)
    assert sum(one is not None for one in claims) == 1


def test_the_same_fact_told_by_eight_at_once_is_told_and_mailed_once() -> None:
    people = [person.pk for person in UserFactory.create_batch(20)]

    def tell(number: int) -> int:
        order = people if number % 2 else people[::-1]
        return services.notify(recipient_ids=order, kind=KIND, template="fact", source_id=1, title="It happened")

    told = at_once(tell, WORKERS)
    assert sum(told) == len(people)  # type: ignore[arg-type]
    assert Notification.objects.count() == MailDelivery.objects.count() == len(people)


def test_who_tells_the_same_people_at_once_waits_and_never_in_a_ring() -> None:
    ann, ben = (person.pk for person in UserFactory.create_batch(2))
    has_told_ann = threading.Event()

    def tell(recipient_ids: list[int]) -> int:
        return services.notify(
            recipient_ids=recipient_ids, kind=KIND, template="fact", source_id=1, title="It happened"
        )

    def act(number: int) -> int:
        if number:
            has_told_ann.wait(timeout=30)
            return tell([ben, ann])
        with transaction.atomic():
            told = tell([ann])
            has_told_ann.set()
            assert somebody_waits(patience=5)
            return told + tell([ben])

    assert at_once(act, 2) == [2, 0]


def test_messages_at_once_tell_each_person_once() -> None:
    people = UserFactory.create_batch(30)
    talk = conversation_between(*people)
    messages = [MessageFactory(conversation=talk, sender=people[0]) for _ in range(WORKERS)]
    told = at_once(
        lambda number: services.notify_of_message(
            conversation_id=talk.pk, sequence=messages[number].sequence, sender_id=people[0].pk
        ),
        WORKERS,
    )
    assert sum(told) == Notification.objects.count() == len(people) - 1  # type: ignore[arg-type]


def test_whoever_reads_a_message_while_it_is_told_has_nothing_unread_left() -> None:
    for _ in range(15):
        ann, ben = UserFactory.create_batch(2)
        talk = conversation_between(ann, ben)
        message = MessageFactory(conversation=talk, sender=ann)

        def act(number: int, talk: int = talk.pk, sequence: int = message.sequence, ben: object = ben) -> None:
            if number:
                services.notify_of_message(conversation_id=talk, sequence=sequence, sender_id=None)
            else:
                messaging.mark_conversation_read(actor=ben, conversation_id=talk, up_to_sequence=sequence)  # type: ignore[arg-type]

        at_once(act, 2)
        assert not Notification.objects.filter(recipient=ben, read_at=None).exists()


def test_people_who_write_at_once_are_told_of_each_other() -> None:
    people = UserFactory.create_batch(WORKERS)
    talk = conversation_between(*people)
    at_once(
        lambda number: messaging.send_message(
            actor=people[number], conversation_id=talk.pk, content="Hello", client_id=uuid4()
        ),
        WORKERS,
    )
    assert Counter(Notification.objects.values_list("recipient", flat=True)) == {person.pk: 1 for person in people}


@pytest.mark.usefixtures("slow_mails")
def test_eight_clocks_send_one_daily_mail_to_each() -> None:
    kind = NotificationKind.CERTIFICATE_ISSUED
    for person in UserFactory.create_batch(10):
        NotificationFactory.create_batch(2, recipient=person, kind=kind)
    noon = datetime.combine(timezone.now().date(), datetime.min.time(), UTC).replace(hour=12)
    at_once(lambda _: services.send_digests(now=noon), WORKERS)
    assert Counter(Counter(message.to[0] for message in mail.outbox).values()) == {1: 10}
    assert Digest.objects.filter(is_sent=True).count() == 10


def test_preferences_changed_at_once_are_all_kept() -> None:
    user = UserFactory()
    kinds = list(NotificationKind)[:WORKERS]
    changes = [services.PreferenceChange(kind, push=kind == NotificationKind.CERTIFICATE_ISSUED) for kind in kinds]
    at_once(lambda number: services.update_notification_preferences(actor=user, changes=[changes[number]]), WORKERS)
    assert user.notification_preferences.count() == len(kinds)


def test_one_person_never_has_more_than_ten_browsers(settings: object) -> None:
    settings.WEB_PUSH_PRIVATE_KEY = "A" * 42 + "E"  # type: ignore[attr-defined]
    session = SessionFactory()
    PushSubscriptionFactory.create_batch(9, session=session)
    key = browser_key()[1]
    at_once(
        lambda number: services.register_push_subscription(
            session=session, endpoint=f"https://web.push.apple.com/{number}", p256dh=key, auth="c3Nzc3Nzc3Nzc3Nzc3Nzcw"
        ),
        WORKERS,
    )
    assert PushSubscription.objects.count() == PushSubscription.MAX_PER_PERSON
