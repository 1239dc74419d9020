"""The record of a change that ticket holders are notified of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domains.accounts.models import User
from domains.events.models import Event, EventChange
from domains.opportunities.services.announcements import to_json


def record_change(
    *, event: Event, actor: User | None, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> EventChange:
    """Store the change, in the transaction that makes it; mails and notifications are written from this row."""
    return EventChange.objects.create(event=event, actor=actor, before=to_json(before), after=to_json(after), at=now)
