"""Reviewing hours: by the host, never one's own, once and for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import HoursEntry, MembershipRole
from tests.domains.notifications.mails import tell
from tests.factories import ApplicationFactory, HostMembershipFactory, HoursEntryFactory, UserFactory, owner_of
from tests.sql import rows_of


def owner_for(entry: HoursEntry):
    return owner_of(entry.application.role.opportunity.host)


def refusal_of(act: Callable[[], object]) -> Refused:
    """Return the refusal, which must have changed nothing."""
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refusal:
        act()
    assert rows_of("opportunities", "base") == before
    return refusal.value


def codes_of(act: Callable[[], object]) -> list[str]:
    return [str(problem.code) for problem in refusal_of(act).problems]


@pytest.mark.django_db
@pytest.mark.parametrize("approve", [True, False])
def test_the_host_decides_and_the_same_again_changes_nothing(approve: bool) -> None:
    entry = HoursEntryFactory()
    owner = owner_for(entry)
    services.review_hours(actor=owner, hours_entry_id=entry.pk, approve=approve, note=" Thank\nyou. ")
    entry.refresh_from_db()
    assert entry.status == ("APPROVED" if approve else "REJECTED")
    assert (entry.reviewed_by, entry.review_note) == (owner, "Thank you.")
    assert entry.reviewed_at
    assert OutboxEntry.objects.get().fact == "opportunities.HoursReviewed"
    coordinator = HostMembershipFactory(host=entry.application.role.opportunity.host).user
    assert coordinator
    before = rows_of("opportunities", "base")
    services.review_hours(actor=coordinator, hours_entry_id=entry.pk, approve=approve, note="Again.")
    assert rows_of("opportunities", "base") == before


@pytest.mark.django_db
@pytest.mark.parametrize("approve", [True, False])
def test_the_contrary_decision_is_refused_and_learns_what_stands(approve: bool) -> None:
    entry = HoursEntryFactory()
    services.review_hours(actor=owner_for(entry), hours_entry_id=entry.pk, approve=approve)
    refusal = refusal_of(
        lambda: services.review_hours(actor=owner_for(entry), hours_entry_id=entry.pk, approve=not approve)
    )
    (problem,) = refusal.problems
    assert (problem.code, problem.field) == ("CONFLICT", "hours_entry_id")
    assert ("APPROVED" if approve else "REJECTED") in problem.message


@pytest.mark.django_db
def test_a_proposal_is_not_reviewed_before_the_volunteer_says_so() -> None:
    entry = HoursEntryFactory(proposed=True)
    owner = owner_for(entry)
    sees_all = UserFactory(is_staff=True, rights=["opportunities.view_hoursentry"])
    HostMembershipFactory(host=entry.application.role.opportunity.host, user=sees_all, role=MembershipRole.COORDINATOR)
    for actor, code in [(owner, "NOT_FOUND"), (sees_all, "CONFLICT")]:
        act = lambda actor=actor: services.review_hours(actor=actor, hours_entry_id=entry.pk, approve=True)  # noqa: E731
        assert codes_of(act) == [code]


@pytest.mark.django_db
def test_nobody_reviews_their_own_hours_and_staff_review_none() -> None:
    entry = HoursEntryFactory()
    host = entry.application.role.opportunity.host
    HostMembershipFactory(host=host, user=entry.volunteer, role=MembershipRole.OWNER)
    scanner = HostMembershipFactory(host=host, role=MembershipRole.SCANNER).user
    for actor, code in [
        (entry.volunteer, "FORBIDDEN"),
        (UserFactory(overseer=True), "FORBIDDEN"),
        (UserFactory(), "NOT_FOUND"),
        (scanner, "NOT_FOUND"),
        (owner_for(HoursEntryFactory()), "NOT_FOUND"),
    ]:
        assert actor
        act = lambda actor=actor: services.review_hours(actor=actor, hours_entry_id=entry.pk, approve=True)  # noqa: E731
        assert codes_of(act) == [code]


@pytest.mark.django_db
def test_a_note_that_is_too_long_is_refused() -> None:
    entry = HoursEntryFactory()
    owner = owner_for(entry)
    assert codes_of(
        lambda: services.review_hours(actor=owner, hours_entry_id=entry.pk, approve=True, note="x" * 501)
    ) == ["TOO_LONG"]


@pytest.mark.django_db
def test_of_two_entries_of_the_same_time_one_is_approved() -> None:
    first = HoursEntryFactory()
    elsewhere = ApplicationFactory(volunteer=first.volunteer)
    second = HoursEntryFactory(application=elsewhere, started_at=first.started_at + timedelta(hours=1))
    services.review_hours(actor=owner_for(first), hours_entry_id=first.pk, approve=True)
    owner = owner_for(second)
    act = lambda: services.review_hours(actor=owner, hours_entry_id=second.pk, approve=True)  # noqa: E731
    assert codes_of(act) == ["OVERLAPS"]
    services.review_hours(actor=owner, hours_entry_id=second.pk, approve=False)


def sent() -> list[EmailMultiAlternatives]:
    return [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("approve", "corrects", "words"),
    [(True, False, "Thank you"), (True, True, "correction was approved"), (False, False, "not approved")],
)
def test_the_volunteer_gets_one_mail(approve: bool, corrects: bool, words: str) -> None:
    first = HoursEntryFactory(approved=True)
    entry = HoursEntryFactory(application=first.application, corrects=first if corrects else None)
    services.review_hours(actor=owner_for(entry), hours_entry_id=entry.pk, approve=approve, note="<b>Boots</b> & all")
    tell("hours_reviewed", entry.pk)  # told again
    (message,) = sent()
    html = str(message.alternatives[0][0])
    assert message.to == [entry.volunteer.email]
    assert words in str(message.body)
    assert words in html
    assert "<b>Boots</b> & all" in str(message.body)
    assert "&lt;b&gt;Boots&lt;/b&gt; &amp; all" in html


@pytest.mark.django_db
@pytest.mark.parametrize("gone", ["closed", "erased"])
def test_a_volunteer_who_is_gone_gets_no_mail(gone: str) -> None:
    entry = HoursEntryFactory(approved=True)
    key = entry.pk
    if gone == "erased":
        entry.volunteer.delete()
    else:
        entry.volunteer.is_active = False
        entry.volunteer.save()
    tell("hours_reviewed", key)
    assert sent() == []
