"""The way of a report, as data: from where to where staff may move it."""

from __future__ import annotations

from domains.moderation.models import ReportStatus as Status

#: What was answered may be looked at again; it does not become open, for somebody has had it in hand.
MOVES: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.REVIEWING, Status.RESOLVED, Status.DISMISSED}),
    Status.REVIEWING: frozenset({Status.OPEN, Status.RESOLVED, Status.DISMISSED}),
    Status.RESOLVED: frozenset({Status.REVIEWING}),
    Status.DISMISSED: frozenset({Status.REVIEWING}),
}
#: Whoever comes next wants to know why.
NEEDS_NOTE = frozenset({Status.RESOLVED, Status.DISMISSED})
