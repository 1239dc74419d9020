"""The state machine of applications, as data: which act moves an application from which status to which.

COMPLETED, DECLINED, WITHDRAWN, CANCELLED and EXPIRED are final. Every move goes through
`services/moves.py`, which checks this table, counts the slots and writes the history.
"""

from __future__ import annotations

from enum import StrEnum

from domains.opportunities.models import SLOT_HOLDING_STATUSES
from domains.opportunities.models import ApplicationStatus as Status


class Act(StrEnum):
    """Acts on an application."""

    #: By the volunteer.
    APPLY = "APPLY"
    WITHDRAW = "WITHDRAW"
    TAKE_OFFER = "TAKE_OFFER"
    REFUSE_OFFER = "REFUSE_OFFER"
    #: By a coordinator of the host.
    SHORTLIST = "SHORTLIST"
    ACCEPT = "ACCEPT"
    DECLINE = "DECLINE"
    WAITLIST = "WAITLIST"
    COMPLETE = "COMPLETE"
    MISS = "MISS"
    #: By the system: a slot became free, an offer's deadline passed, the opportunity was cancelled.
    OFFER = "OFFER"
    EXPIRE = "EXPIRE"
    #: The volunteer accepted an offer that overlaps a slot they hold: they return to their waitlist position.
    RETURN = "RETURN"
    CANCEL = "CANCEL"


class Decision(StrEnum):
    """Decisions of a coordinator about an application; each is the act of the same name."""

    SHORTLIST = "SHORTLIST"
    ACCEPT = "ACCEPT"
    DECLINE = "DECLINE"
    WAITLIST = "WAITLIST"


#: Status of an application before it exists.
NO_STATUS = None

_UNDECIDED = frozenset({Status.APPLIED, Status.SHORTLISTED, Status.WAITLISTED})

#: Act -> status it may lead to -> statuses it may start from.
MOVES: dict[Act, dict[Status, frozenset[Status | None]]] = {
    Act.APPLY: {
        Status.APPLIED: frozenset({NO_STATUS}),
        Status.ACCEPTED: frozenset({NO_STATUS}),
        Status.WAITLISTED: frozenset({NO_STATUS}),
    },
    Act.SHORTLIST: {Status.SHORTLISTED: frozenset({Status.APPLIED})},
    Act.ACCEPT: {Status.ACCEPTED: _UNDECIDED},
    Act.DECLINE: {Status.DECLINED: _UNDECIDED},
    Act.WAITLIST: {Status.WAITLISTED: frozenset({Status.APPLIED, Status.SHORTLISTED})},
    Act.OFFER: {Status.OFFERED: frozenset({Status.WAITLISTED})},
    Act.TAKE_OFFER: {Status.ACCEPTED: frozenset({Status.OFFERED})},
    Act.REFUSE_OFFER: {Status.DECLINED: frozenset({Status.OFFERED})},
    Act.RETURN: {Status.WAITLISTED: frozenset({Status.OFFERED})},
    Act.EXPIRE: {Status.EXPIRED: frozenset({Status.OFFERED})},
    Act.WITHDRAW: {Status.WITHDRAWN: _UNDECIDED | {Status.OFFERED, Status.ACCEPTED}},
    Act.COMPLETE: {Status.COMPLETED: frozenset({Status.ACCEPTED})},
    # The volunteer did not come: the slot was not used, and must not count as completed.
    Act.MISS: {Status.CANCELLED: frozenset({Status.ACCEPTED})},
    Act.CANCEL: {Status.CANCELLED: _UNDECIDED | {Status.OFFERED, Status.ACCEPTED}},
}


def is_possible(act: Act, source: Status | None, target: Status) -> bool:
    """Return whether the act may move an application from `source` to `target`."""
    return source in MOVES[act].get(target, frozenset())


def target_of(act: Act) -> Status:
    """Return the only status that the act leads to; not for APPLY, which has several."""
    (target,) = MOVES[act]
    return target


def count_slots_taken(source: Status | None, target: Status) -> int:
    """Return how many slots the move takes: 1, 0, or -1 if it frees one."""
    return (target in SLOT_HOLDING_STATUSES) - (source in SLOT_HOLDING_STATUSES)
