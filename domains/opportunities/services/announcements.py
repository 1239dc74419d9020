"""What volunteers rely on, and how a change of it is written down for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domains.accounts.models import User
from domains.opportunities.models import Opportunity, OpportunityChange
from domains.opportunities.services.drafts import PLACE_COLUMNS

#: The columns that say when and where it is.
RELIED_ON = ("start_date", "end_date", *PLACE_COLUMNS)


def record_change(
    *, opportunity: Opportunity, actor: User | None, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> OpportunityChange:
    """The change is written down, in the transaction that makes it, for the mails and notices that tell of it."""
    return OpportunityChange.objects.create(
        opportunity=opportunity, actor=actor, before=_plain(before), after=_plain(after), at=now
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
