"""The table of moves says what the contract says."""

from __future__ import annotations

import pytest

from domains.opportunities.models import LIVE_APPLICATION_STATUSES, SLOT_HOLDING_STATUSES, ApplicationStatus
from domains.opportunities.transitions import MOVES, Act, Decision, count_slots_taken, is_possible, target_of

ENDS = {"COMPLETED", "DECLINED", "WITHDRAWN", "CANCELLED", "EXPIRED"}


def test_every_act_has_its_moves_and_every_status_is_reached() -> None:
    assert set(MOVES) == set(Act)
    assert {target for moves in MOVES.values() for target in moves} == set(ApplicationStatus)


def test_nothing_leaves_an_end_and_everything_else_goes_on() -> None:
    left = {source for moves in MOVES.values() for sources in moves.values() for source in sources}
    assert left - {None} == set(ApplicationStatus) - ENDS
    assert {source for source in left if source is None} == {None}
    assert all(None not in sources for act in set(Act) - {Act.APPLY} for sources in MOVES[act].values())


def test_each_decision_is_an_act_with_one_end() -> None:
    assert {decision: target_of(Act(decision)) for decision in Decision} == {
        "SHORTLIST": "SHORTLISTED",
        "ACCEPT": "ACCEPTED",
        "DECLINE": "DECLINED",
        "WAITLIST": "WAITLISTED",
    }


@pytest.mark.parametrize("act", list(Act))
def test_places_are_taken_by_the_moves_that_lead_to_one_and_given_back_by_those_that_leave_it(act: Act) -> None:
    for target, sources in MOVES[act].items():
        for source in sources:
            assert is_possible(act, source, target)
            expected = (target in SLOT_HOLDING_STATUSES) - (source in SLOT_HOLDING_STATUSES)
            assert count_slots_taken(source, target) == expected
    assert not is_possible(act, ApplicationStatus.EXPIRED, ApplicationStatus.ACCEPTED)


def test_an_offer_holds_its_place_until_it_is_answered() -> None:
    assert count_slots_taken(ApplicationStatus.WAITLISTED, ApplicationStatus.OFFERED) == 1
    assert count_slots_taken(ApplicationStatus.OFFERED, ApplicationStatus.ACCEPTED) == 0
    assert count_slots_taken(ApplicationStatus.OFFERED, ApplicationStatus.EXPIRED) == -1
    assert set(SLOT_HOLDING_STATUSES) < set(LIVE_APPLICATION_STATUSES)
