"""Asking somebody to join an organization."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from domains.accounts.models import User
from domains.base import bus
from domains.base.errors import NotAllowed, NotFound, Refused
from domains.base.mail import send_due
from domains.base.models import MailJob, OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import HostMembership, MembershipRole, OpportunityHost
from tests.factories import HostMembershipFactory, OpportunityHostFactory, UserFactory, owner_of
from tests.sql import rows_of

ADDRESS = "new@people.example"


def invite(host: OpportunityHost, email: str = ADDRESS, role: MembershipRole = MembershipRole.SCANNER, **more: Any):
    return services.invite_host_member(
        actor=more.get("actor") or owner_of(host), host_id=host.pk, email=email, role=role
    )


def refusal(host: OpportunityHost, **wish: Any) -> list[tuple[str | None, str]]:
    owner_of(host)
    before = rows_of("opportunities", "base")
    with pytest.raises(Refused) as refused:
        invite(host, **wish)
    assert rows_of("opportunities", "base") == before
    return [(problem.field, str(problem.code)) for problem in refused.value.problems]


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_mailed_with_its_key_in_text_and_html() -> None:
    host = OpportunityHostFactory(organization_name="Creek <b>Friends</b>", is_verified=True)
    owner = owner_of(host)
    invitation = invite(host, " New@People.example ")
    assert (invitation.email, invitation.role, invitation.user, invitation.accepted_at) == (
        ADDRESS,
        "SCANNER",
        None,
        None,
    )
    assert invitation.invited_by == owner
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    assert message.to == [ADDRESS]
    link = f"{settings.PUBLIC_URL}/host-invitation?key="
    key = str(message.body).partition(link)[2].split()[0]
    assert f'href="{link}{key}"' in html
    assert f"<code>{key}</code>" in html
    assert "Creek <b>Friends</b> to check people in" in str(message.body)
    assert "Creek &lt;b&gt;Friends&lt;/b&gt; to check people in" in html
    assert services.accept_host_invitation(actor=UserFactory(email=ADDRESS), key=key) == invitation


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_account", [True, False])
def test_a_host_that_nobody_has_verified_sends_none_of_its_words(has_account: bool) -> None:
    """Anybody may found a host and invite any address: it is no way to send strangers an advertisement."""
    words = "Congratulations, you won the lottery: https://evil.example/x"
    host = OpportunityHostFactory(organization_name=words, description=words)
    owner = owner_of(host)
    User.objects.filter(pk=owner.pk).update(display_name=words)
    if has_account:
        UserFactory(email=ADDRESS)
    invite(host, actor=User.objects.get(pk=owner.pk))
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    for text in (message.subject, message.body, message.alternatives[0][0], message.message().as_string()):
        for word in ("Congratulations", "lottery", "evil.example"):
            assert word not in str(text)


@pytest.mark.django_db(transaction=True)
def test_one_mailbox_is_invited_once_and_by_the_domain_that_was_typed() -> None:
    host = OpportunityHostFactory()
    first = invite(host, "x@straße.example")
    assert invite(host, "X@STRAẞE\u3002example").pk == first.pk
    assert {recipient for message in mail.outbox for recipient in message.recipients()} == {"x@xn--strae-oqa.example"}
    key = str(mail.outbox[-1].body).partition("?key=")[2].split()[0]
    with pytest.raises(NotAllowed, match="FORBIDDEN"):
        services.accept_host_invitation(actor=UserFactory(email="x@strasse.example"), key=key)
    assert services.accept_host_invitation(actor=UserFactory(email="x@straße.example"), key=key) == first
    assert refusal(host, email="x@stra\u00adße.example") == [("email", "DUPLICATE")]


@pytest.mark.django_db(transaction=True)
def test_an_address_with_an_account_and_one_without_are_invited_alike() -> None:
    host = OpportunityHostFactory()
    UserFactory(email="known@people.example", display_name="Known")
    rows = [invite(host, email) for email in ("known@people.example", ADDRESS)]
    assert {(row.user, row.accepted_at, row.role) for row in rows} == {(None, None, MembershipRole.SCANNER)}
    known, new = (str(message.body).partition("?key=")[0] for message in mail.outbox)
    assert known == new
    assert "Known" not in known


@pytest.mark.django_db(transaction=True)
def test_inviting_again_sends_another_mail_and_changes_the_role_that_waits() -> None:
    host = OpportunityHostFactory()
    first = invite(host)
    again = invite(host, "NEW@people.example", MembershipRole.COORDINATOR)
    assert (again.pk, again.role) == (first.pk, MembershipRole.COORDINATOR)
    assert first.invited_at is not None
    assert again.invited_at is not None
    assert again.invited_at > first.invited_at
    assert len(mail.outbox) == 2
    assert "as a coordinator" in str(mail.outbox[1].body)
    assert HostMembership.objects.filter(host=host, user=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_is_told_twice_is_mailed_once() -> None:
    invite(OpportunityHostFactory())
    OutboxEntry.objects.update(done_at=None, due_at="2020-01-01T00:00:00Z")
    assert bus.deliver_overdue() == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_nobody_is_mailed_for_an_invitation_that_was_answered_or_withdrawn_meanwhile() -> None:
    accepted, withdrawn, again = HostMembershipFactory.create_batch(3, invited=True)
    for invitation in (accepted, withdrawn, again):
        services.queue_host_invitation_mail(membership_id=invitation.pk)
    assert MailJob.objects.count() == 3
    HostMembership.objects.filter(pk=accepted.pk).update(accepted_at=timezone.now(), user=UserFactory())
    withdrawn.delete()
    HostMembership.objects.filter(pk=again.pk).update(invited_at=timezone.now())
    assert send_due() == 3
    assert mail.outbox == []


@pytest.mark.django_db
def test_a_member_is_not_invited_again_by_whatever_address_they_joined() -> None:
    host = OpportunityHostFactory()
    HostMembershipFactory(host=host, email="then@people.example", user__email="now@people.example")
    for email in ("then@people.example", "Now@People.example"):
        assert refusal(host, email=email) == [("email", "DUPLICATE")]


@pytest.mark.django_db
def test_wrong_addresses_are_refused() -> None:
    host = OpportunityHostFactory()
    for email in (
        "nonsense",
        "x@localhost",
        "x@192.0.2.44",
        "x@[::1]",
        "x\u200b@example.org",
        "a@b.c\r\nBcc: x@b.example",
    ):
        assert refusal(host, email=email) == [("email", "INVALID")]
    assert refusal(host, email="") == [("email", "REQUIRED")]
    assert ("email", "TOO_LONG") in refusal(host, email=f"{'x' * 250}@people.example")


@pytest.mark.django_db
def test_only_owners_invite() -> None:
    host = OpportunityHostFactory()
    coordinator, scanner, invited = UserFactory(), UserFactory(), UserFactory()
    HostMembershipFactory(host=host, user=coordinator)
    HostMembershipFactory(host=host, user=scanner, role=MembershipRole.SCANNER)
    HostMembershipFactory(host=host, user=invited, role=MembershipRole.OWNER, accepted_at=None)
    people = [coordinator, scanner, invited, owner_of(OpportunityHostFactory()), UserFactory(overseer=True)]
    before = rows_of("opportunities", "base")
    for actor in people:
        with pytest.raises(NotAllowed):
            invite(host, actor=actor)
    with pytest.raises(NotFound):
        services.invite_host_member(actor=people[0], host_id=0, email=ADDRESS, role=MembershipRole.OWNER)
    assert rows_of("opportunities", "base") == before


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_one_address_gets_five_invitations_a_day_whoever_sends_them() -> None:
    hosts = [OpportunityHostFactory() for _ in range(6)]
    for host in hosts[:5]:
        invite(host)
    assert refusal(hosts[5]) == [(None, "RATE_LIMITED")]
    invite(hosts[5], "other@people.example")


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_one_person_sends_thirty_invitations_an_hour() -> None:
    host = OpportunityHostFactory()
    for number in range(30):
        invite(host, f"new{number}@people.example")
    assert refusal(host) == [(None, "RATE_LIMITED")]


@pytest.mark.django_db
def test_a_host_has_a_bounded_number_of_members_and_invitations(monkeypatch: pytest.MonkeyPatch) -> None:
    host = OpportunityHostFactory()
    invite(host)
    # The package's attribute of this name is the function.
    monkeypatch.setattr(import_module("domains.opportunities.services.invite_host_member"), "MAX_MEMBERS", 2)
    assert refusal(host, email="third@people.example") == [(None, "CONFLICT")]
    invite(host)
