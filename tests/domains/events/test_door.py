"""The door's decision: every combination, and who is inside whatever the order."""

from __future__ import annotations

import itertools
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domains.events.door import OUTCOMES, Passages, Situation, decide, plan_of
from domains.events.models import Event, EventChange, ScanDirection, ScanOutcome

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
#: The contract's order, written down once more.
ORDER = [
    "UNKNOWN_CODE",
    "WRONG_EVENT",
    "EVENT_CANCELLED",
    "REVOKED",
    "CANCELLED",
    "TOO_EARLY",
    "TOO_LATE",
    "ALREADY_CHECKED_IN",
    "NOT_INSIDE",
    "ADMITTED",
    "EXITED",
]


def answers_of(it: Situation) -> set[str]:
    """Return all the answers that would be true."""
    found = {
        "UNKNOWN_CODE": not it.is_known_code,
        "WRONG_EVENT": not it.is_of_this_event,
        "EVENT_CANCELLED": it.is_event_cancelled,
        "REVOKED": it.is_revoked,
        "CANCELLED": it.is_cancelled,
        "TOO_EARLY": it.is_too_early,
        "TOO_LATE": it.is_too_late,
        "ALREADY_CHECKED_IN": it.is_entry and it.is_inside,
        "NOT_INSIDE": not it.is_entry and not it.is_inside,
        "ADMITTED": it.is_entry and not it.is_inside,
        "EXITED": not it.is_entry and it.is_inside,
    }
    return {name for name, is_true in found.items() if is_true}


def test_every_combination_answers_with_the_first_reason_in_the_order_of_the_contract() -> None:
    names = [field.name for field in fields(Situation)]
    situations = [
        Situation(**dict(zip(names, values, strict=True)))
        for values in itertools.product((False, True), repeat=len(names))
    ]
    assert len(situations) == 2**9
    for it in situations:
        assert decide(it) == min(answers_of(it), key=ORDER.index), it
    assert {decide(it) for it in situations} == set(ScanOutcome)


def test_the_order_is_that_of_the_contract_and_has_every_outcome() -> None:
    assert [outcome.value for outcome, _ in OUTCOMES] == ORDER


def test_a_person_is_inside_from_an_entry_to_the_exit_after_it() -> None:
    passed = Passages([(NOON, ScanDirection.ENTRY), (NOON + timedelta(hours=1), ScanDirection.EXIT)])
    assert [passed.is_inside(NOON + timedelta(minutes=minutes)) for minutes in (-1, 0, 59, 60)] == [
        False,
        True,
        True,
        False,
    ]
    assert [passed.first_entry(NOON - timedelta(minutes=1)), passed.first_entry(NOON)] == [None, NOON]
    assert not Passages().is_inside(NOON)


@given(
    passed=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(ScanDirection)), max_size=8), asked=st.integers(0, 5)
)
def test_who_is_inside_follows_from_the_times_whatever_the_order(
    passed: list[tuple[int, ScanDirection]], asked: int
) -> None:
    def after(minutes: int) -> datetime:
        return NOON + timedelta(minutes=minutes)

    before = [(at, direction) for at, direction in passed if at <= asked]
    last = max(before, key=lambda one: (one[0], one[1] == "EXIT"), default=(0, "EXIT"))
    entries = [at for at, direction in before if direction == "ENTRY"]
    for order in (passed, passed[::-1]):
        found = Passages()
        for at, direction in order:
            found.add(after(at), direction)
        assert found.is_inside(after(asked)) == (last[1] == "ENTRY")
        assert found.first_entry(after(asked)) == (after(min(entries)) if entries else None)


def test_the_plan_of_an_event_is_the_one_that_was_known() -> None:
    event = Event(event_date=NOON + timedelta(days=2), end_date=NOON + timedelta(days=2, hours=3))

    def moved(hours: int, **before: Any) -> EventChange:
        return EventChange(at=NOON + timedelta(hours=hours), before=before, after={})

    tomorrow = NOON + timedelta(days=1)
    changes = [
        moved(1, event_date=NOON.isoformat(), end_date=tomorrow.isoformat()),
        moved(2, location="Elsewhere"),
        moved(3, event_date=tomorrow.isoformat()),
    ]
    two = timedelta(hours=2)
    plans = [plan_of(event, changes, known_at=NOON + timedelta(hours=hours)) for hours in (0, 1, 3)]
    assert [plan.opens_at + two for plan in plans] == [NOON, tomorrow, event.event_date]
    assert [plan.closes_at - two for plan in plans] == [tomorrow, event.end_date, event.end_date]
    assert plan_of(event, changes).opens_at + two == event.event_date
