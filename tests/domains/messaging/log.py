"""What the log of a conversation holds, and that a refusal leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domains.base.errors import Refused
from domains.messaging.models import Conversation
from tests.sql import rows_of


def log_of(conversation: Conversation) -> list[tuple[int, str]]:
    """Return the rows of the log; they must be gapless, and the conversation at their end."""
    conversation.refresh_from_db()
    rows = [(event.sequence, str(event.kind.value)) for event in conversation.events.order_by("sequence")]
    assert [sequence for sequence, _ in rows] == list(range(1, conversation.last_sequence + 1))
    return rows


def present(conversation: Conversation) -> set[int]:
    """Return who takes part now."""
    return set(conversation.participations.filter(left_at__isnull=True).values_list("user", flat=True))


def refusal_of(act: Callable[..., Any], **arguments: Any) -> list[tuple[str, str | None]]:
    """Return the codes and fields that the act refuses with; nothing may have changed."""
    before = rows_of("messaging", "base")
    with pytest.raises(Refused) as refused:
        act(**arguments)
    assert rows_of("messaging", "base") == before
    return [(str(problem.code), problem.field) for problem in refused.value.problems]
