"""The mails about what hosts changed: to those it concerns, once a change, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from domains.base import bus
from domains.base.models import OutboxEntry
from domains.notifications import services
from domains.notifications.models import MailDelivery
from domains.opportunities import services as opportunities
from domains.opportunities.models import ApplicationStatus, Opportunity
from domains.opportunities.services import OpportunityChanges
from domains.opportunities.transitions import Decision
from tests.domains.notifications.mails import sent, tell
from tests.factories import (
    ApplicationFactory,
    OpportunityChangeFactory,
    OpportunityFactory,
    RoleFactory,
    owner_of,
)


def change(opportunity: Opportunity, **changes: Any) -> None:
    opportunities.update_opportunity(
        actor=owner_of(opportunity.host), opportunity_id=opportunity.pk, changes=OpportunityChanges(**changes)
    )


@pytest.mark.django_db(transaction=True)
def test_those_who_hold_a_place_read_what_was_and_what_is_now() -> None:
    start = datetime(2031, 5, 4, 10, tzinfo=UTC)
    opportunity = OpportunityFactory(
        title="Trees & <i>shade</i>", start_date=start, end_date=start + timedelta(hours=9)
    )
    roles = [RoleFactory(opportunity=opportunity, slots_available=9) for _ in range(2)]
    applications = {status: ApplicationFactory(role=roles[0], status=status) for status in ApplicationStatus}
    twice = applications[ApplicationStatus.ACCEPTED].volunteer
    ApplicationFactory(role=roles[1], volunteer=twice, status=ApplicationStatus.ACCEPTED)
    ApplicationFactory(role=roles[1], volunteer__is_active=False, status=ApplicationStatus.ACCEPTED)
    ApplicationFactory(status=ApplicationStatus.ACCEPTED)
    change(opportunity, start_date=start + timedelta(hours=1), location_zip="", location_text="The <b>other</b> bank")
    holders = [
        applications[status].volunteer.email for status in (ApplicationStatus.ACCEPTED, ApplicationStatus.OFFERED)
    ]
    assert sorted(to for to, _, _ in sent()) == sorted([email] for email in holders)
    _, text, html = sent()[0]
    for line in (
        "Begins: 4 May 2031, 03:00 PDT, from now on: 4 May 2031, 04:00 PDT",
        "Place: 24th and Mission, from now on: The <b>other</b> bank",
        "ZIP code: 94110, from now on: not said",
    ):
        assert line in text
    assert "Ends" not in text
    assert "Place: <s>24th and Mission</s>, from now on: <strong>The &lt;b&gt;other&lt;/b&gt; bank</strong>" in html
    assert "Trees &amp; &lt;i&gt;shade&lt;/i&gt;" in html


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("94110", "60601", "Begins: 4 December 2031, 04:00 CST, from now on: 4 December 2031, 05:00 CST"),
        ("94110", "09001", "Begins: 4 December 2031, 02:00 PST, from now on: 4 December 2031, 03:00 PST"),
        ("", "", "Begins: 4 December 2031, 10:00 UTC, from now on: 4 December 2031, 11:00 UTC"),
    ],
)
def test_times_are_those_of_the_clocks_at_the_place_that_is_to_be(before: str, after: str, line: str) -> None:
    start = datetime(2031, 12, 4, 10, tzinfo=UTC)
    opportunity = OpportunityFactory(start_date=start, end_date=start + timedelta(hours=9), location_zip=before)
    ApplicationFactory(role__opportunity=opportunity, status=ApplicationStatus.ACCEPTED)
    change(opportunity, start_date=start + timedelta(hours=1), location_zip=after)
    ((_, text, _),) = sent()
    assert line in text


@pytest.mark.django_db(transaction=True)
def test_each_change_is_told_once_and_what_changes_nothing_never() -> None:
    application = ApplicationFactory(status=ApplicationStatus.ACCEPTED)
    opportunity = application.role.opportunity
    change(opportunity, is_remote=True)
    change(opportunity, is_remote=True, title="Plant trees in your garden")
    assert len(mail.outbox) == 1
    assert "Take part: at the place, from now on: from anywhere" in sent()[0][1]
    OutboxEntry.objects.update(done_at=None, due_at="2020-01-01T00:00:00Z")
    bus.deliver_overdue()
    assert len(mail.outbox) == 1
    change(opportunity, is_remote=False)
    assert len(mail.outbox) == 2


@pytest.mark.django_db(transaction=True)
def test_who_comes_after_a_change_and_who_has_left_do_not_hear_of_it() -> None:
    stays, leaves, comes = ApplicationFactory.create_batch(3, status=ApplicationStatus.ACCEPTED)
    for application in (leaves, comes):
        application.role.opportunity = stays.role.opportunity
        application.role.save()
    made = OpportunityChangeFactory(opportunity=stays.role.opportunity, at=timezone.now())
    comes.history.update(at=made.at + timedelta(seconds=1))
    leaves.status = ApplicationStatus.WITHDRAWN
    leaves.save()
    tell("opportunity_changed", made.pk)
    assert [to for to, _, _ in sent()] == [[stays.volunteer.email]]


@pytest.mark.django_db(transaction=True)
def test_all_whose_application_ends_with_it_hear_that_it_is_called_off_and_why() -> None:
    role = RoleFactory(opportunity__title="Plant <trees>", slots_available=9)
    applications = {status: ApplicationFactory(role=role, status=status) for status in ApplicationStatus}
    owner = owner_of(role.opportunity.host)
    for _ in range(2):
        opportunities.cancel_opportunity(actor=owner, opportunity_id=role.opportunity.pk, reason="A <storm>.")
    live = ("APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED", "ACCEPTED")
    receivers = sorted([applications[ApplicationStatus(status)].volunteer.email] for status in live)
    assert sorted(to for to, _, _ in sent()) == receivers
    _, text, html = sent()[0]
    assert 'called off "Plant <trees>"' in text
    assert "They add: A <storm>." in text
    assert "called off “Plant &lt;trees&gt;”" in html
    assert "They add: A &lt;storm&gt;." in html
    OutboxEntry.objects.update(done_at=None, due_at="2020-01-01T00:00:00Z")
    bus.deliver_overdue()
    assert len(mail.outbox) == len(live)


@pytest.mark.django_db(transaction=True)
def test_closing_is_told_to_nobody() -> None:
    opportunity = ApplicationFactory(status=ApplicationStatus.ACCEPTED).role.opportunity
    opportunities.close_opportunity(actor=owner_of(opportunity.host), opportunity_id=opportunity.pk)
    assert mail.outbox == []


@pytest.mark.django_db
def test_when_one_mail_fails_the_others_go_and_the_next_try_sends_the_one_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = RoleFactory()
    for _ in range(3):
        ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    made = OpportunityChangeFactory(opportunity=role.opportunity, at=timezone.now())
    send, tries = EmailBackend.send_messages, count(1)

    def fail_at_the_second(backend: EmailBackend, messages: Any) -> int:
        if next(tries) == 2:
            raise SMTPServerDisconnected
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fail_at_the_second)
    tell("opportunity_changed", made.pk)
    assert len(mail.outbox) == 2
    services.send_due_mails()
    assert len(mail.outbox) == 2, "it is not tried again at once"
    MailDelivery.objects.filter(done_at=None).update(due_at=timezone.now())
    services.send_due_mails()
    assert len({to for (to,), _, _ in sent()}) == len(mail.outbox) == 3


@pytest.mark.django_db(transaction=True)
def test_an_accepted_volunteer_is_told_of_the_new_time_when_the_decision_came_first() -> None:
    application = ApplicationFactory()
    opportunity = application.role.opportunity
    owner = owner_of(opportunity.host)
    opportunities.decide_application(actor=owner, application_id=application.pk, decision=Decision.ACCEPT)
    change(opportunity, end_date=opportunity.end_date + timedelta(hours=1))
    assert [message.subject.partition(":")[0] for message in mail.outbox] == ["Your application", "Changed"]
