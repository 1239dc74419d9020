"""The state machine of reports, as data: from which status to which staff may move a report."""

from __future__ import annotations

from domains.moderation.models import ReportStatus as Status

#: An answered report may be reviewed again, but does not become OPEN, because staff have handled it.
MOVES: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.REVIEWING, Status.RESOLVED, Status.DISMISSED}),
    Status.REVIEWING: frozenset({Status.OPEN, Status.RESOLVED, Status.DISMISSED}),
    Status.RESOLVED: frozenset({Status.REVIEWING}),
    Status.DISMISSED: frozenset({Status.REVIEWING}),
}
#: Statuses that need a note, so that other staff know the reason.
NEEDS_NOTE = frozenset({Status.RESOLVED, Status.DISMISSED})
