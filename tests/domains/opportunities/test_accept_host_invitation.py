"""Joining an organization by the key from the mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from domains.accounts.models import User, UserType
from domains.base.errors import Refused
from domains.opportunities import services, tokens
from domains.opportunities.models import HostMembership, MembershipRole
from tests.factories import HostMembershipFactory, UserFactory, owner_of
from tests.sql import rows_of

pytestmark = pytest.mark.django_db

ADDRESS = "new@people.example"


@pytest.fixture
def invitation() -> HostMembership:
    return HostMembershipFactory(invited=True, email=ADDRESS, role=MembershipRole.SCANNER)


def key_of(invitation: HostMembership) -> str:
    return tokens.invitation_key(membership_id=invitation.pk, email=invitation.email)


def refusal(actor: User, key: str) -> tuple[str, str]:
    before = rows_of("opportunities")
    with pytest.raises(Refused) as refused:
        services.accept_host_invitation(actor=actor, key=key)
    assert rows_of("opportunities") == before
    (problem,) = refused.value.problems
    return str(problem.code), problem.message


@pytest.mark.parametrize("user_type", list(UserType))
def test_the_account_of_the_address_joins_whatever_it_is_here_for_and_again_changes_nothing(
    invitation: HostMembership, user_type: UserType
) -> None:
    actor, key = UserFactory(email=ADDRESS, user_type=user_type), key_of(invitation)
    joined = services.accept_host_invitation(actor=actor, key=f" {key}\n")
    assert (joined.pk, joined.user, joined.role) == (invitation.pk, actor, MembershipRole.SCANNER)
    assert joined.accepted_at is not None
    before = rows_of("opportunities")
    assert services.accept_host_invitation(actor=actor, key=key) == joined
    assert rows_of("opportunities") == before


def test_an_unproved_address_and_another_one_are_told_what_to_do(invitation: HostMembership) -> None:
    key = key_of(invitation)
    code, message = refusal(UserFactory(email=ADDRESS, unverified=True), key)
    assert code == "EMAIL_NOT_VERIFIED"
    assert "Prove your e-mail address" in message
    code, message = refusal(UserFactory(), key)
    assert code == "FORBIDDEN"
    assert "log in with the account" in message
    assert ADDRESS not in message


def test_a_key_is_single_use(invitation: HostMembership) -> None:
    key = key_of(invitation)
    services.accept_host_invitation(actor=UserFactory(email=ADDRESS), key=key)
    assert refusal(UserFactory(), key)[0] == "EXPIRED"


def test_a_key_dies_with_its_invitation_even_where_the_address_is_invited_anew(invitation: HostMembership) -> None:
    actor, key, host = UserFactory(email=ADDRESS), key_of(invitation), invitation.host
    owner = owner_of(host)
    services.remove_host_member(actor=owner, membership_id=invitation.pk)
    assert refusal(actor, key)[0] == "EXPIRED"
    anew = services.invite_host_member(actor=owner, host_id=host.pk, email=ADDRESS, role=MembershipRole.OWNER)
    assert refusal(actor, key)[0] == "EXPIRED"
    joined = services.accept_host_invitation(actor=actor, key=key_of(anew))
    services.remove_host_member(actor=owner, membership_id=joined.pk)
    assert refusal(actor, key_of(anew))[0] == "EXPIRED"


def test_a_key_is_bound_to_its_address(invitation: HostMembership) -> None:
    key = key_of(invitation)
    HostMembership.objects.filter(pk=invitation.pk).update(email="other@people.example")
    assert refusal(UserFactory(email="other@people.example"), key)[0] == "EXPIRED"


def test_a_key_lives_for_a_week(invitation: HostMembership, monkeypatch: pytest.MonkeyPatch) -> None:
    actor, now = UserFactory(email=ADDRESS), timezone.now()

    def key_made(ago: timedelta) -> str:
        with monkeypatch.context() as earlier:
            earlier.setattr("django.core.signing.time.time", (now - ago).timestamp)
            return key_of(invitation)

    assert refusal(actor, key_made(timedelta(days=7, minutes=1)))[0] == "EXPIRED"
    assert services.accept_host_invitation(actor=actor, key=key_made(timedelta(days=6, hours=23))).user == actor


def test_forged_keys_and_those_for_other_things_are_refused_alike(invitation: HostMembership) -> None:
    actor, key = UserFactory(email=ADDRESS), key_of(invitation)
    other = signing.TimestampSigner(salt="mishmob.verify_email").sign(str(invitation.pk))
    forged = ["", "x", key[:-1], key[1:], f"{invitation.pk + 1}{key[len(str(invitation.pk)) :]}", other, "x" * 10_000]
    answers = {refusal(actor, one) for one in forged}
    assert {code for code, _ in answers} == {"EXPIRED"}
    assert len(answers) == 1


def test_a_member_by_another_address_does_not_join_twice(invitation: HostMembership) -> None:
    actor = UserFactory(email=ADDRESS)
    HostMembershipFactory(host=invitation.host, user=actor, email="then@people.example")
    assert refusal(actor, key_of(invitation))[0] == "DUPLICATE"


@pytest.mark.usefixtures("one_window")
def test_keys_are_tried_thirty_times_an_hour() -> None:
    actor = UserFactory()
    assert {refusal(actor, "x")[0] for _ in range(30)} == {"EXPIRED"}
    assert refusal(actor, "x")[0] == "RATE_LIMITED"
