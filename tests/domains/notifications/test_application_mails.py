"""The mails about applications: to the right people, once."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from domains.base import bus
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import ApplicationHistory, ApplicationStatus, MembershipRole
from domains.opportunities.transitions import Decision
from tests.domains.notifications.mails import sent, tell
from tests.factories import ApplicationFactory, HostMembershipFactory, RoleFactory, UserFactory, owner_of


@pytest.mark.django_db(transaction=True)
def test_owners_and_coordinators_hear_of_an_application_and_the_volunteer_of_the_decision() -> None:
    role = RoleFactory(title="Tree planter")
    host = role.opportunity.host
    owner, coordinator = owner_of(host), UserFactory(hosting=True)
    HostMembershipFactory(host=host, user=coordinator)
    HostMembershipFactory(host=host, role=MembershipRole.SCANNER)
    HostMembershipFactory(host=host, invited=True)
    HostMembershipFactory(host=host, user__is_active=False)
    volunteer = UserFactory(display_name="Ada <b>")
    application = services.apply_to_role(actor=volunteer, role_id=role.pk, cover_letter="Shovel & <i>will</i>.")
    assert sorted(to for to, _, _ in sent()) == sorted([[owner.email], [coordinator.email]])
    _, text, html = sent()[0]
    assert "Shovel & <i>will</i>." in text
    assert "Shovel &amp; &lt;i&gt;will&lt;/i&gt;." in html
    assert "Ada &lt;b&gt;" in html
    mail.outbox.clear()
    services.decide_application(
        actor=owner, application_id=application.pk, decision=Decision.ACCEPT, note="Bring gloves."
    )
    ((to, text, _),) = sent()
    assert to == [volunteer.email]
    assert "you have a slot" in text
    assert "Bring gloves." in text


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_is_told_twice_is_mailed_once() -> None:
    application = ApplicationFactory()
    actor = owner_of(application.role.opportunity.host)
    services.decide_application(actor=actor, application_id=application.pk, decision=Decision.DECLINE)
    OutboxEntry.objects.update(done_at=None, due_at="2020-01-01T00:00:00Z")
    bus.deliver_overdue()
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_a_repeat_while_a_slow_mail_is_still_going_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = ApplicationHistory.objects.get(application=ApplicationFactory())
    send = EmailBackend.send_messages

    def slow(backend: EmailBackend, messages: Sequence[EmailMessage]) -> int:
        tell("application_decided", moved.pk)  # the relay, after its head start
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slow)
    tell("application_decided", moved.pk)
    assert len(mail.outbox) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "words"),
    [("SHORTLISTED", "short list"), ("WAITLISTED", "on the waitlist"), ("DECLINED", "not possible")],
)
def test_each_decision_has_its_words_in_both_forms(status: str, words: str) -> None:
    application = ApplicationFactory(status=status)
    tell("application_decided", application.history.get(to_status=status).pk)
    ((_, text, html),) = sent()
    assert words in text
    assert words in html


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("requires_approval", "slots", "words"),
    [(False, 2, "free slots"), (True, 1, "is on the waitlist"), (True, 2, "decision")],
)
def test_the_host_reads_what_became_of_the_application(requires_approval: bool, slots: int, words: str) -> None:
    role = RoleFactory(requires_approval=requires_approval, slots_available=slots)
    owner = owner_of(role.opportunity.host)
    ApplicationFactory(role=role, status="ACCEPTED")
    services.apply_to_role(actor=UserFactory(), role_id=role.pk, join_waitlist=True)
    ((text, html),) = [(text, html) for to, text, html in sent() if to == [owner.email]]
    assert words in text
    assert words in html


@pytest.mark.django_db(transaction=True)
def test_whoever_gets_a_place_by_applying_has_it_in_writing_and_whoever_waits_has_not() -> None:
    role = RoleFactory(requires_approval=False, slots_available=1)
    first, second = UserFactory(), UserFactory()
    services.apply_to_role(actor=first, role_id=role.pk)
    services.apply_to_role(actor=second, role_id=role.pk, join_waitlist=True)
    ((to, text, _),) = sent()
    assert to == [first.email]
    assert "you have a slot" in text


@pytest.mark.django_db(transaction=True)
def test_a_place_given_back_is_told_to_the_host_and_offered_to_the_next() -> None:
    role = RoleFactory(requires_approval=False, slots_available=1, opportunity__location_zip="94110")
    owner = owner_of(role.opportunity.host)
    leaver, next_in_line = UserFactory(), UserFactory()
    held = services.apply_to_role(actor=leaver, role_id=role.pk)
    waiting = services.apply_to_role(actor=next_in_line, role_id=role.pk, join_waitlist=True)
    mail.outbox.clear()
    services.withdraw_application(actor=leaver, application_id=held.pk, reason="A cold <sniff>.")
    by_receiver = {to[0]: (text, html) for to, text, html in sent()}
    assert len(mail.outbox) == len(by_receiver) == 2
    assert "gave back the place" in by_receiver[owner.email][0]
    assert "A cold &lt;sniff&gt;." in by_receiver[owner.email][1]
    waiting.refresh_from_db()
    assert waiting.offer_expires_at is not None
    deadline = waiting.offer_expires_at.astimezone(ZoneInfo("America/Los_Angeles"))
    assert f"{deadline:%-d %B %Y, %H:%M %Z}" in by_receiver[next_in_line.email][0]
    mail.outbox.clear()
    services.answer_offer(actor=next_in_line, application_id=waiting.pk, accept=True)
    ((to, text, _),) = sent()
    assert to == [owner.email]
    assert "took the place" in text


@pytest.mark.django_db(transaction=True)
def test_those_who_had_no_place_leave_quietly() -> None:
    application = ApplicationFactory()
    owner_of(application.role.opportunity.host)
    services.withdraw_application(actor=application.volunteer, application_id=application.pk)
    assert sent() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "words"),
    [("OFFERED", "yours if you accept it by"), ("EXPIRED", "expired"), ("COMPLETED", "you were there")],
)
def test_what_the_system_and_the_end_bring_has_its_words_too(status: str, words: str) -> None:
    application = ApplicationFactory(status=status)
    tell("application_decided", application.history.get(to_status=status).pk)
    ((_, text, html),) = sent()
    assert words in text
    assert words in html


@pytest.mark.django_db
@pytest.mark.parametrize("now", [ApplicationStatus.ACCEPTED, ApplicationStatus.DECLINED, ApplicationStatus.EXPIRED])
def test_an_offer_that_was_answered_before_its_mail_went_out_is_not_mailed(
    now: ApplicationStatus,
) -> None:
    application = ApplicationFactory(status="OFFERED")
    made = application.history.get(to_status="OFFERED").pk
    application.status, application.offer_expires_at = now, None
    application.save()
    tell("application_decided", made)
    assert sent() == []
