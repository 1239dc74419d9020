"""Hosts act at once: locks on the host, the opportunity and the role put their acts in a row."""

from __future__ import annotations

import threading
from collections import Counter
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError

from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services, tokens
from domains.opportunities.models import (
    LIVE_APPLICATION_STATUSES,
    Application,
    ApplicationStatus,
    HostMembership,
    MembershipRole,
    OpportunityChange,
    OpportunityHost,
    Role,
)
from domains.opportunities.services import OpportunityChanges, RoleChanges
from domains.opportunities.transitions import Decision
from tests.factories import (
    ApplicationFactory,
    HostMembershipFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    RoleFactory,
    UserFactory,
    owner_of,
)
from tests.threads import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def codes_of(answers: list[Any]) -> Counter[str]:
    return Counter(
        str(answer.problems[0].code) if isinstance(answer, Refused) else type(answer).__name__ for answer in answers
    )


def owners_of_one_host(number: int) -> list[HostMembership]:
    host = OpportunityHostFactory()
    return [HostMembershipFactory(host=host, role=MembershipRole.OWNER) for _ in range(number)]


def leave(membership: HostMembership) -> OpportunityHost:
    assert membership.user is not None
    return services.remove_host_member(actor=membership.user, membership_id=membership.pk)


def test_when_all_owners_leave_at_once_one_stays() -> None:
    owners = owners_of_one_host(8)
    answers = at_once(lambda number: leave(owners[number]), 8)
    assert codes_of(answers) == {"OpportunityHost": 7, "CONFLICT": 1}
    assert HostMembership.objects.filter(role=MembershipRole.OWNER).count() == 1


def test_when_two_owners_make_each_other_coordinators_one_stays_owner() -> None:
    owners = owners_of_one_host(2)

    def demote(number: int) -> HostMembership:
        actor = owners[number].user
        assert actor is not None
        return services.change_host_member_role(
            actor=actor, membership_id=owners[1 - number].pk, role=MembershipRole.COORDINATOR
        )

    # The later one is no owner any more when its turn comes, and may not.
    assert codes_of(at_once(demote, 2)) == {"HostMembership": 1, "FORBIDDEN": 1}
    assert HostMembership.objects.filter(role=MembershipRole.OWNER).count() == 1


def test_without_the_lock_on_the_host_both_last_owners_see_each_other_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    owners, both_have_looked = owners_of_one_host(2), threading.Barrier(2)
    module = import_module("domains.opportunities.services.remove_host_member")
    look = module.refuse_if_last_owner

    def look_and_wait(membership: HostMembership) -> None:
        look(membership)
        both_have_looked.wait(timeout=30)

    monkeypatch.setattr(module, "refuse_if_last_owner", look_and_wait)
    locks = import_module("domains.opportunities.services.locks")
    monkeypatch.setattr(locks, "lock_host", lambda *, host_id: OpportunityHost.objects.get(pk=host_id))
    assert codes_of(at_once(lambda number: leave(owners[number]), 2)) == {"OpportunityHost": 2}
    assert not HostMembership.objects.exists()


def test_a_key_used_ten_times_at_once_makes_one_member_and_answers_alike() -> None:
    invitation = HostMembershipFactory(invited=True, email="new@people.example")
    actor = UserFactory(email="new@people.example")
    key = tokens.invitation_key(membership_id=invitation.pk, email=invitation.email)
    answers = at_once(lambda _: services.accept_host_invitation(actor=actor, key=key), 10)
    assert {(one.pk, one.accepted_at) for one in answers if isinstance(one, HostMembership)} == {
        (invitation.pk, HostMembership.objects.get().accepted_at)
    }
    assert codes_of(answers) == {"HostMembership": 10}


def test_an_invitation_that_is_withdrawn_while_it_is_accepted_leaves_no_member() -> None:
    for number in range(10):
        email = f"new{number}@people.example"
        invitation, actor = HostMembershipFactory(invited=True, email=email), UserFactory(email=email)
        owner = owner_of(invitation.host)
        key = tokens.invitation_key(membership_id=invitation.pk, email=email)

        def act(number: int) -> Any:
            if number == 0:
                return services.accept_host_invitation(actor=actor, key=key)  # noqa: B023 - called in this turn
            return services.remove_host_member(actor=owner, membership_id=invitation.pk)  # noqa: B023

        accepted, removed = at_once(act, 2)
        assert codes_of([removed]) == {"OpportunityHost": 1}
        assert codes_of([accepted]) in ({"HostMembership": 1}, {"EXPIRED": 1})
        assert not HostMembership.objects.filter(pk=invitation.pk).exists()


def test_an_address_that_several_owners_invite_at_once_has_one_invitation() -> None:
    owners = owners_of_one_host(5)

    def invite(number: int) -> HostMembership:
        actor = owners[number].user
        assert actor is not None
        return services.invite_host_member(
            actor=actor, host_id=owners[0].host_id, email="new@people.example", role=MembershipRole.SCANNER
        )

    assert codes_of(at_once(invite, 5)) == {"HostMembership": 5}
    assert HostMembership.objects.filter(accepted_at=None).count() == 1


def test_places_cut_while_people_are_accepted_never_go_below_those_taken() -> None:
    for _ in range(5):
        role = RoleFactory(slots_available=6)
        owner = owner_of(role.opportunity.host)
        applications = [ApplicationFactory(role=role, history=False) for _ in range(6)]

        def act(number: int) -> Any:
            if number == 0:
                return services.update_role(actor=owner, role_id=role.pk, changes=RoleChanges(slots_available=2))  # noqa: B023
            return services.decide_application(
                actor=owner,  # noqa: B023 - called in this turn
                application_id=applications[number - 1].pk,  # noqa: B023
                decision=Decision.ACCEPT,
            )

        cut, *decisions = at_once(act, 7)
        role.refresh_from_db()
        accepted = Application.objects.filter(role=role, status=ApplicationStatus.ACCEPTED).count()
        assert accepted == role.slots_taken == codes_of(decisions)["Application"]
        if isinstance(cut, Refused):
            assert (codes_of([cut]), role.slots_available, accepted) == ({"CONFLICT": 1}, 6, 6)
        else:
            assert (role.slots_available, accepted) == (2, 2)


def test_without_the_lock_on_the_role_only_the_constraint_keeps_the_places_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = RoleFactory(slots_available=2)
    owner = owner_of(role.opportunity.host)
    applications = [ApplicationFactory(role=role, history=False) for _ in range(2)]

    def accept_all(_: int) -> None:
        for application in applications:
            services.decide_application(actor=owner, application_id=application.pk, decision=Decision.ACCEPT)

    def look_only(*, viewer: Any, role_id: int) -> Role:
        seen = Role.objects.select_related("opportunity").get(pk=role_id)
        at_once(accept_all, 1)
        return seen

    monkeypatch.setattr(import_module("domains.opportunities.services.update_role"), "lock_role", look_only)
    with pytest.raises(IntegrityError, match="opportunities_never_oversold"):
        services.update_role(actor=owner, role_id=role.pk, changes=RoleChanges(slots_available=1))


def test_the_same_change_made_eight_times_at_once_is_one_change() -> None:
    opportunity = OpportunityFactory()
    owner = owner_of(opportunity.host)

    def change(_: int) -> Any:
        changes = OpportunityChanges(location_text="The other bank")
        return services.update_opportunity(actor=owner, opportunity_id=opportunity.pk, changes=changes)

    assert codes_of(at_once(change, 8)) == {"Opportunity": 8}
    assert OpportunityChange.objects.count() == 1
    assert OutboxEntry.objects.filter(fact="opportunities.OpportunityChanged").count() == 1


def test_calling_off_at_once_with_others_ends_each_application_once() -> None:
    role = RoleFactory(slots_available=5)
    for _ in range(5):
        ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)
    owner = owner_of(role.opportunity.host)

    def cancel(_: int) -> Any:
        return services.cancel_opportunity(actor=owner, opportunity_id=role.opportunity_id)

    assert codes_of(at_once(cancel, 6)) == {"Opportunity": 6}
    role.refresh_from_db()
    assert role.slots_taken == 0
    assert Counter(Application.objects.values_list("status", flat=True)) == {ApplicationStatus.CANCELLED: 5}
    assert OpportunityChange.objects.count() == 1


def test_nobody_has_a_live_application_for_what_is_called_off_while_they_apply() -> None:
    for _ in range(5):
        role = RoleFactory(slots_available=50, requires_approval=False)
        owner, people = owner_of(role.opportunity.host), [UserFactory() for _ in range(10)]

        def act(number: int) -> Any:
            if number == 0:
                return services.cancel_opportunity(actor=owner, opportunity_id=role.opportunity_id)  # noqa: B023
            return services.apply_to_role(actor=people[number - 1], role_id=role.pk)  # noqa: B023

        assert codes_of(at_once(act, 11)).keys() <= {"Opportunity", "Application", "CLOSED"}
        role.refresh_from_db()
        assert role.slots_taken == 0
        assert not Application.objects.filter(role=role, status__in=LIVE_APPLICATION_STATUSES).exists()
