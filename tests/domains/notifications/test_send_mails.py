"""Mails about notifications: once, whatever fails or repeats, while they are wanted, and with a way to end them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from domains.base.queue import claim
from domains.notifications import services
from domains.notifications.models import MailDelivery, NotificationKind
from domains.notifications.policies import MAIL_REASONS, MAIL_TOPICS
from domains.notifications.services.notification_templates import mail_of
from domains.notifications.tokens import read_unsubscribe
from tests.domains.notifications.mails import sent
from tests.factories import MailDeliveryFactory, NotificationFactory, PreferenceFactory, UserFactory

pytestmark = pytest.mark.django_db


def fail(*_: object) -> int:
    raise SMTPServerDisconnected("gone")


def test_a_mail_goes_out_once_and_is_marked() -> None:
    delivery = MailDeliveryFactory(notification__title="Called <off>", notification__body="Too much rain.")
    assert services.send_due_mails() == 1
    assert services.send_due_mails() == 0
    ((to, text, page),) = sent()
    assert to == [delivery.notification.recipient.email]
    assert "Called <off>\n\nToo much rain." in text
    assert "Called &lt;off&gt;" in page
    delivery.refresh_from_db()
    assert (delivery.is_sent, delivery.attempts) == (True, 1)
    assert delivery.done_at is not None


def test_a_strangers_mailbox_gets_no_words_of_others_because_somebody_signed_up_with_it() -> None:
    stranger, boss = UserFactory(unverified=True), UserFactory(unverified=True, staff=True)
    words = "New message from Eve in WIN 500 EUR at https://evil.example/x"
    for recipient in (stranger, boss):
        MailDeliveryFactory(notification__title=words, notification__recipient=recipient)
    assert services.send_due_mails() == 2
    assert [to for (to, *_) in sent()] == [[boss.email]], "staff have their addresses from staff"
    assert set(MailDelivery.objects.values_list("notification__recipient", "is_sent")) == {
        (stranger.pk, False),
        (boss.pk, True),
    }


def test_what_a_crash_left_claimed_goes_out_once_the_lease_is_over_and_not_before() -> None:
    MailDeliveryFactory()
    assert claim(MailDelivery.objects.all()) is not None  # and here its process dies
    services.send_due_mails()
    assert mail.outbox == []
    with time_machine.travel(timezone.now() + MailDelivery.LEASE, tick=True):
        services.send_due_mails()
        services.send_due_mails()
    assert len(mail.outbox) == 1


def test_whoever_was_held_up_past_the_lease_sends_nothing_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    MailDeliveryFactory()
    where = "domains.notifications.services.send_mails.mail_of"
    with time_machine.travel(timezone.now(), tick=False) as clock:

        def slowly(notification: Any) -> Any:
            monkeypatch.setattr(where, mail_of)
            clock.shift(MailDelivery.LEASE)
            services.send_due_mails()  # another worker, whose it is by now
            return mail_of(notification)

        monkeypatch.setattr(where, slowly)
        services.send_due_mails()
    assert len(mail.outbox) == 1
    assert MailDelivery.objects.get().attempts == 2


def test_a_failure_is_tried_again_later_each_time_and_parked_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = MailDeliveryFactory()
    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while services.send_due_mails():
            delivery.refresh_from_db()
            waits.append(round((delivery.due_at - timezone.now()).total_seconds() / 60))
            clock.move_to(delivery.due_at)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    assert delivery.attempts == MailDelivery.MAX_ATTEMPTS
    assert delivery.last_error == "NotSent('SMTPServerDisconnected')"
    assert delivery.done_at is None


def test_one_that_cannot_be_sent_holds_up_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = MailDeliveryFactory()
    MailDeliveryFactory.create_batch(3)
    send = EmailBackend.send_messages

    def fail_for_one(backend: EmailBackend, messages: Sequence[EmailMessage]) -> int:
        return fail() if messages[0].to == [bad.notification.recipient.email] else send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fail_for_one)
    assert services.send_due_mails() == 4
    assert len(mail.outbox) == 3


def test_a_wish_that_changed_meanwhile_counts_and_the_closed_have_none() -> None:
    unwanted, closed = MailDeliveryFactory(), MailDeliveryFactory(notification__recipient__is_active=False)
    PreferenceFactory(user=unwanted.notification.recipient, kind=unwanted.notification.kind, email=False)
    services.send_due_mails()
    assert mail.outbox == []
    for delivery in (unwanted, closed):
        delivery.refresh_from_db()
        assert (delivery.is_sent, delivery.done_at is not None) == (False, True)


@pytest.mark.parametrize("kind", list(NotificationKind))
def test_each_kind_says_why_and_how_to_get_no_more(kind: NotificationKind) -> None:
    notification = NotificationFactory(kind=kind)
    PreferenceFactory(user=notification.recipient, kind=kind, email=True)
    MailDeliveryFactory(notification=notification)
    services.send_due_mails()
    ((_, text, page),) = sent()
    assert f"You get this mail because {MAIL_REASONS[kind]}." in text
    link = text.rstrip().rpartition("\n")[2]
    assert f'<a href="{link}">' in page
    assert read_unsubscribe(link.rpartition("/")[2]) == (notification.recipient_id, kind.value)
    assert MAIL_TOPICS[kind]


def test_mail_programs_are_told_how_to_end_the_mails_in_lines_that_stay_whole(settings: Any) -> None:
    settings.PUBLIC_URL = "https://community.example.org"
    delivery = MailDeliveryFactory()
    services.send_due_mails()
    message = mail.outbox[0].message()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"] == f"<notification.{delivery.notification_id}@community.example.org>"
    address = message["List-Unsubscribe"]
    assert address.startswith("<https://community.example.org/notifications/unsubscribe/")
    assert f"List-Unsubscribe: {address}\n".encode() in message.as_bytes().replace(b" \n <", b" <")
    assert delivery.notification.recipient.email not in address
    services.unsubscribe(token=address.strip("<>").rpartition("/")[2])


def test_the_link_in_a_mail_works_for_years() -> None:
    MailDeliveryFactory()
    services.send_due_mails()
    token = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    with time_machine.travel(timezone.now() + timedelta(days=1000)):
        assert services.unsubscribe(token=token) == MAIL_TOPICS[NotificationKind.APPLICATION_DECIDED]
