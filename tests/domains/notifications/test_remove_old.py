"""Old notifications go, with all that hangs on them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from domains.notifications.models import Digest, MailDelivery, Notification
from domains.notifications.services import remove_old
from tests.factories import DigestFactory, MailDeliveryFactory, NotificationFactory


@pytest.mark.django_db
def test_the_read_go_after_ninety_days_and_all_after_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(remove_old.__globals__, "BATCH_SIZE", 2)
    now = timezone.now()
    kept = [
        NotificationFactory(read=True, created_at=now - timedelta(days=89)),
        NotificationFactory(created_at=now - timedelta(days=364)),
    ]
    for _ in range(3):
        NotificationFactory(read=True, created_at=now - timedelta(days=91))
    old = NotificationFactory(created_at=now - timedelta(days=366), digest=DigestFactory())
    MailDeliveryFactory(notification=old)
    today = DigestFactory(day=now.date())
    assert remove_old() == 4
    assert set(Notification.objects.all()) == set(kept)
    assert not MailDelivery.objects.exists()
    assert list(Digest.objects.all()) == [today]
