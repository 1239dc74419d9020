"""The daily mail: one a day at the most, of what is unread and had no mail of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from domains.notifications import services
from domains.notifications.models import Digest, MailDelivery, Notification, NotificationKind
from domains.notifications.tokens import DIGEST_TOPIC, read_unsubscribe
from tests.domains.notifications.mails import sent
from tests.factories import MailDeliveryFactory, NotificationFactory, PreferenceFactory, UserFactory

pytestmark = pytest.mark.django_db

MORNING = datetime(2031, 5, 4, 7, 30, tzinfo=UTC)
WANTED, UNWANTED = NotificationKind.CERTIFICATE_ISSUED, NotificationKind.APPLICATION_DECIDED


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def told(number: int = 1, **fields: object) -> list[Notification]:
    return NotificationFactory.create_batch(number, **{"kind": WANTED, **fields})


def test_one_mail_lists_what_is_unread_and_had_no_mail_and_the_day_has_no_second(
    clock: time_machine.Traveller,
) -> None:
    ann, ben = UserFactory.create_batch(2)
    told(recipient=ann, title="A <certificate>")
    told(recipient=ann, title="Read already", read=True)
    told(recipient=ann, title="Not for the daily mail", kind=UNWANTED)
    told(recipient=ann, title="Too old", created_at=timezone.now() - timedelta(days=8))
    (mailed,) = told(recipient=ann, title="Mailed already")
    MailDeliveryFactory(notification=mailed, is_sent=True, done_at=timezone.now())
    told(recipient=ben, read=True)
    for _ in range(3):
        services.send_digests()
        clock.shift(timedelta(minutes=10))
    ((to, text, page),) = sent()
    assert to == [ann.email]
    assert "- A <certificate>\n\n" in text
    assert "<li>A &lt;certificate&gt;</li>" in page
    for absent in ("Read already", "Not for", "Too old", "Mailed already", "more"):
        assert absent not in text.partition("—")[0]
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    assert read_unsubscribe(link.rpartition("/")[2]) == (ann.pk, DIGEST_TOPIC)
    assert link in text


def test_the_next_day_tells_only_what_is_new(clock: time_machine.Traveller) -> None:
    ann = UserFactory()
    told(recipient=ann, title="Of yesterday")
    services.send_digests()
    clock.shift(timedelta(days=1))
    services.send_digests()
    assert len(mail.outbox) == 1
    told(recipient=ann, title="Of today")
    services.send_digests()
    assert "Of yesterday" not in sent()[1][1]
    assert [message.subject for message in mail.outbox] == ["Of yesterday", "Of today"]


def test_twenty_are_listed_and_the_rest_is_counted() -> None:
    told(23, recipient=UserFactory())
    services.send_digests()
    ((_, text, page),) = sent()
    assert text.count("- You have a slot") == 20
    assert "- and 3 more" in text
    assert "<li>and 3 more</li>" in page
    assert mail.outbox[0].subject == "23 new for you"


@pytest.mark.parametrize("who", ["closed", "unsubscribed"])
def test_whoever_is_gone_or_wants_none_has_none(who: str) -> None:
    (one,) = told(recipient__is_active=who != "closed")
    if who == "unsubscribed":
        PreferenceFactory(user=one.recipient, kind=WANTED, digest=False)
    services.send_digests()
    assert mail.outbox == []
    assert not Digest.objects.exists()


def test_whoever_asks_for_it_has_other_kinds_in_it_too_and_those_that_are_not_in_their_list() -> None:
    user = UserFactory()
    PreferenceFactory(user=user, kind=UNWANTED, in_app=False, email=False, digest=True)
    told(recipient=user, kind=UNWANTED, is_in_app=False)
    services.send_digests()
    assert len(mail.outbox) == 1


def test_before_the_hour_nothing_begins(clock: time_machine.Traveller) -> None:
    told()
    clock.move_to(MORNING - timedelta(hours=1))
    services.send_digests()
    assert mail.outbox == []


def test_what_is_read_before_a_late_mail_goes_is_left_out_and_an_empty_one_does_not_go(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = told(recipient=UserFactory()) + told(recipient=UserFactory())
    (stays,) = told(recipient=first.recipient, title="Still unread")

    def fail(*_: object) -> int:
        raise SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", fail)
        services.send_digests()
    Notification.objects.filter(pk__in=[first.pk, second.pk]).update(read_at=timezone.now())
    clock.shift(timedelta(minutes=2))
    services.send_digests()
    (message,) = mail.outbox
    assert message.subject == stays.title
    assert sorted(Digest.objects.values_list("is_sent", flat=True)) == [False, True]
    assert not Digest.objects.filter(done_at=None).exists()


def test_a_mail_that_was_not_wanted_in_the_end_does_not_keep_it_out() -> None:
    (one,) = told()
    MailDeliveryFactory(notification=one, done_at=timezone.now(), is_sent=False)
    (waiting,) = told()
    MailDelivery.objects.create(notification=waiting)
    services.send_digests()
    assert [message.to for message in mail.outbox] == [[one.recipient.email]]


def test_a_strangers_mailbox_gets_no_daily_mail_because_somebody_signed_up_with_it() -> None:
    told(recipient=UserFactory(unverified=True), title="WIN 500 EUR at https://evil.example/x")
    services.send_digests()
    assert Digest.objects.get().done_at is not None
    assert mail.outbox == []
