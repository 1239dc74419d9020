"""The factories keep their word: valid rows, right counts, gapless logs."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from domains.accounts.models import UserProfile
from domains.opportunities.models import ApplicationStatus, MembershipRole
from domains.opportunities.transitions import MOVES
from tests.factories import (
    PASSWORD,
    ApplicationFactory,
    CourseFactory,
    EnrollmentFactory,
    EventFactory,
    EventTicketFactory,
    HostMembershipFactory,
    MessageFactory,
    ModuleFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    RoleFactory,
    SkillFactory,
    UserFactory,
    UserProfileFactory,
    conversation_between,
    factory_of,
    owner_of,
)

pytestmark = pytest.mark.django_db

MODELS = [
    model for config in apps.get_app_configs() if config.name.startswith("domains.") for model in config.get_models()
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_table_has_a_factory_whose_rows_are_valid(model: Any):
    first, second = factory_of(model).create_batch(2)
    for row in (first, second):
        row.refresh_from_db()
        row.full_clean()
    assert first.pk != second.pk


@pytest.mark.parametrize("trait", ["unverified", "hosting", "staff", "superuser"], ids=lambda trait: f"user-{trait}")
def test_people_of_every_kind_are_valid(trait: str):
    UserFactory(**{trait: True}).full_clean()


@pytest.mark.parametrize("trait", ["draft", "past", "remote", "external"])
def test_opportunities_of_every_kind_are_valid(trait: str):
    OpportunityFactory(**{trait: True}).full_clean()


def test_a_person_can_log_in_and_has_proved_the_address():
    user = UserFactory(profile__bio="Hello")
    assert user.check_password(PASSWORD)
    assert user.is_email_verified
    assert UserProfile.objects.get(user=user).bio == "Hello"


def test_an_unverified_person_has_an_address_that_is_not_proven():
    user = UserFactory(unverified=True)
    assert user.emailaddress_set.filter(verified=False).exists()
    assert not user.is_email_verified


def test_a_person_without_a_password_cannot_log_in():
    assert not UserFactory(password=None).has_usable_password()


def test_a_profile_made_alone_brings_its_person():
    assert UserProfileFactory(bio="Alone").user.profile.bio == "Alone"


def test_the_owner_of_a_host_is_made_once():
    host = OpportunityHostFactory()
    owner = owner_of(host)
    assert owner_of(host) == owner
    membership = host.memberships.get()
    assert membership.role == MembershipRole.OWNER
    assert membership.accepted_at is not None


def test_an_invitation_belongs_to_an_address_only():
    invitation = HostMembershipFactory(invited=True)
    invitation.full_clean()
    assert (invitation.user, invitation.accepted_at) == (None, None)


@pytest.mark.parametrize("status", list(ApplicationStatus))
def test_an_application_has_the_history_and_the_place_of_its_status(status: ApplicationStatus):
    application = ApplicationFactory(status=status)
    application.full_clean()
    moves = list(application.history.values_list("from_status", "to_status"))
    assert all(any(source in possible.get(target, ()) for possible in MOVES.values()) for source, target in moves)
    assert moves[0] == (None, ApplicationStatus.APPLIED)
    assert moves[-1][1] == status
    assert [move[0] for move in moves[1:]] == [move[1] for move in moves[:-1]]
    assert application.role.slots_taken == (status in {"ACCEPTED", "OFFERED", "COMPLETED"})


def test_the_applications_of_a_role_are_all_counted():
    role = RoleFactory(slots_available=3)
    ApplicationFactory.create_batch(2, role=role, status=ApplicationStatus.ACCEPTED)
    ApplicationFactory(role=role)
    role.refresh_from_db()
    assert role.slots_taken == 2


@pytest.mark.parametrize(("status", "taken"), [("ISSUED", 1), ("OFFERED", 1), ("WAITLISTED", 0), ("CANCELLED", 0)])
def test_an_event_counts_the_tickets_that_hold_a_place(status: str, taken: int):
    ticket = EventTicketFactory(status=status)
    ticket.full_clean()
    assert ticket.event.tickets_taken == taken


def test_an_event_is_held_by_the_owner_of_its_organization():
    organization = OpportunityHostFactory()
    assert EventFactory(organization=organization).host == owner_of(organization)
    EventFactory(organization=None).full_clean()


def test_a_completed_enrolment_has_finished_every_module():
    course = CourseFactory(skills=[SkillFactory()])
    modules = ModuleFactory.create_batch(3, course=course)
    assert [module.order for module in modules] == [1, 2, 3]
    enrollment = EnrollmentFactory(course=course, completed=True)
    enrollment.full_clean()
    assert enrollment.module_completions.count() == 3
    assert course.skills.count() == 1


def test_two_people_talk_directly_and_three_in_a_group():
    people = UserFactory.create_batch(3)
    direct, group = conversation_between(*people[1::-1]), conversation_between(*people)
    assert direct.direct_key == f"{people[0].pk}:{people[1].pk}"
    assert (group.is_group, group.direct_key) == (True, None)
    assert group.participations.count() == 3


def test_the_log_of_a_conversation_has_no_gaps():
    conversation = conversation_between(*UserFactory.create_batch(2))
    messages = MessageFactory.create_batch(3, conversation=conversation)
    conversation.refresh_from_db()
    assert [message.sequence for message in messages] == [1, 2, 3]
    assert list(conversation.events.order_by("sequence").values_list("sequence", "message")) == [
        (message.sequence, message.pk) for message in messages
    ]
    assert conversation.last_sequence == 3
    assert conversation.participations.get(user=messages[0].sender).read_up_to_sequence == 3
