"""The columns that volunteers rely on, and the record of each change to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domains.accounts.models import User
from domains.opportunities.models import Opportunity, OpportunityChange
from domains.opportunities.services.drafts import LOCATION_COLUMNS

#: The columns that say when and where the opportunity takes place.
NOTIFIED_COLUMNS = ("start_date", "end_date", *LOCATION_COLUMNS)


def record_change(
    *, opportunity: Opportunity, actor: User | None, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> OpportunityChange:
    """Store the change, in the transaction that makes it; mails and notifications are written from this row."""
    return OpportunityChange.objects.create(
        opportunity=opportunity, actor=actor, before=to_json(before), after=to_json(after), at=now
    )


def to_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as JSON can hold them: times in ISO 8601, in UTC."""
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
