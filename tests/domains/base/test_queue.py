"""The one queue: a row is claimed by one worker, handled once, and retried or parked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from domains.base import queue
from domains.base.models import MailJob
from tests.factories import MailJobFactory

pytestmark = pytest.mark.django_db


def jobs() -> list[set[int]]:
    """The keys of the rows that wait, and of those that are parked."""
    return [set(rows(MailJob.objects.all()).values_list("pk", flat=True)) for rows in (queue.waiting, queue.parked)]


def claimed() -> MailJob:
    row = queue.claim(MailJob.objects.all())
    assert row is not None
    return row


def test_the_row_that_has_been_due_for_longest_is_claimed_first_and_by_one_only() -> None:
    now = timezone.now()
    later, first = (MailJobFactory(due_at=now - timedelta(minutes=minutes)) for minutes in (1, 2))
    MailJobFactory(due_at=now + timedelta(minutes=1))
    MailJobFactory(done_at=now)
    assert [claimed().pk, claimed().pk] == [first.pk, later.pk]
    assert queue.claim(MailJob.objects.all()) is None


def test_on_its_last_attempt_a_row_is_not_parked_yet() -> None:
    row = MailJobFactory(attempts=MailJob.MAX_ATTEMPTS - 1, last_error="OSError()")
    last = claimed()
    assert jobs() == [set(), set()]
    queue.record_failure(last, OSError("gone"))
    assert jobs() == [set(), {row.pk}]


def test_a_row_whose_worker_died_on_the_last_attempt_is_parked_when_the_lease_is_over() -> None:
    row = MailJobFactory(attempts=MailJob.MAX_ATTEMPTS - 1)
    claimed()
    with time_machine.travel(timezone.now() + MailJob.LEASE + timedelta(seconds=1)):
        assert queue.claim(MailJob.objects.all()) is None
        assert jobs() == [set(), {row.pk}]


def test_what_comes_late_of_a_claim_that_is_over_changes_nothing() -> None:
    row = MailJobFactory()
    slow = claimed()
    with time_machine.travel(timezone.now() + MailJob.LEASE + timedelta(seconds=1)):
        with pytest.raises(queue.LeaseExpired):
            queue.check_claim(slow)
        second = claimed()
        queue.finish(slow)
        queue.record_failure(slow, OSError("late"))
        row.refresh_from_db()
        assert (row.attempts, row.done_at, row.last_error, row.due_at) == (2, None, "", second.due_at)
        queue.finish(second)
    row.refresh_from_db()
    assert row.done_at is not None


def test_the_pauses_between_attempts_double() -> None:
    with time_machine.travel(timezone.now(), tick=False):
        pauses = [MailJobFactory.build(attempts=attempts).retry_at - timezone.now() for attempts in (1, 2, 3, 8)]
    assert [pause / MailJob.RETRY_AFTER for pause in pauses] == [1, 2, 4, 128]


def test_one_bad_row_holds_up_no_other_and_staff_may_release_it() -> None:
    bad, good = MailJobFactory(attempts=MailJob.MAX_ATTEMPTS - 1), MailJobFactory()

    def handle(row: MailJob) -> None:
        if row.pk == bad.pk:
            raise OSError("broken")

    assert queue.drain(MailJob.objects.all(), handle) == 2
    assert jobs() == [set(), {bad.pk}]
    good.refresh_from_db()
    assert good.done_at is not None
    assert queue.requeue(queue.parked(MailJob.objects.all())) == 1
    assert jobs() == [{bad.pk}, set()]
