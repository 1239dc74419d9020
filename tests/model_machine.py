"""Random stories in which services and a model in plain Python do the same things, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from domains.base.errors import Refused
from tests.examples import examples


class No(Exception):
    """The model refuses, with this code."""


class ModelMachine(RuleBasedStateMachine):
    """A story by a clock of its own, in a transaction that is taken back; subclasses have a `model` with `now`."""

    model: Any

    def begin_at(self, start: datetime) -> None:
        """Stop the clock at this time, and begin the transaction; for the first rule."""
        self.clock = time_machine.travel(start, tick=False)
        self.traveller = self.clock.start()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            self.clock.stop()

    def pass_time(self, moment: datetime) -> None:
        """Set both clocks."""
        self.model.now = moment
        self.traveller.move_to(moment)

    def compare(self, theirs: Callable[[], Any], ours: Callable[[], Any]) -> Any:
        """Call the model and the service, which must refuse alike; return what the service gave."""
        outcome, answer = ["", ""], None
        try:
            theirs()
        except No as no:
            outcome[0] = str(no)
        try:
            answer = ours()
        except Refused as refused:
            outcome[1] = str(refused.problems[0].code)
        assert outcome[0] == outcome[1], outcome
        return answer

    @staticmethod
    def pick_number(data: st.DataObject, papers: Sequence[Any], likely: Sequence[str]) -> int:
        """Choose one of the model's papers by its number; more often one with a likely status."""
        numbers = range(len(papers))
        likely_ones = [number for number in numbers if papers[number].status in likely]
        return data.draw(st.sampled_from(likely_ones or numbers) | st.sampled_from(numbers))


def run_stories(machine: type[ModelMachine]) -> None:
    """Run random stories of fifty steps."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples(60),
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
