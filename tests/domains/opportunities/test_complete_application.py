"""Saying who came, and what they learned."""

from __future__ import annotations

from typing import Any

import pytest

from domains.base.errors import NotAllowed, NotFound, Refused
from domains.base.models import OutboxEntry
from domains.opportunities import services
from domains.opportunities.models import Application, ApplicationHistory, ApplicationStatus, Role, RoleSkill
from domains.skills.models import SkillSource, UserSkill
from tests.factories import (
    ApplicationFactory,
    HostMembershipFactory,
    RoleFactory,
    RoleSkillFactory,
    UserFactory,
    UserSkillFactory,
    owner_of,
)
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Application:
    """A place in something that is over."""
    role = RoleFactory(opportunity__past=True)
    return ApplicationFactory(role=role, status=ApplicationStatus.ACCEPTED)


def developed(role: Role) -> RoleSkill:
    return RoleSkillFactory(role=role, is_required=False, is_developed=True)


def refusal(application: Application, **wish: Any) -> list[tuple[str, str | None]]:
    actor = wish.pop("actor", None) or owner_of(application.role.opportunity.host)
    before = rows_of("opportunities", "base", "skills")
    with pytest.raises(Refused) as refused:
        services.complete_application(actor=actor, application_id=application.pk, **wish)
    assert rows_of("opportunities", "base", "skills") == before
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


def test_who_came_has_completed_it_and_has_the_endorsed_skills_verified(held: Application) -> None:
    learned, improved, other = (developed(held.role) for _ in range(3))
    UserSkillFactory(user=held.volunteer, skill=improved.skill, proficiency_level=4)
    owner = owner_of(held.role.opportunity.host)
    for _ in range(2):
        completed = services.complete_application(
            actor=owner,
            application_id=held.pk,
            attended=True,
            endorsed_skill_ids=[learned.skill_id, improved.skill_id, improved.skill_id],
        )
        assert completed.status == "COMPLETED"
    skills = {one.skill_id: one for one in UserSkill.objects.filter(user=held.volunteer)}
    assert other.skill_id not in skills
    for role_skill, level in [(learned, 2), (improved, 4)]:
        mine = skills[role_skill.skill_id]
        assert (mine.proficiency_level, mine.source, mine.is_verified) == (level, SkillSource.HOST, True)
    assert Role.objects.get().slots_taken == 1
    assert [entry.fact for entry in OutboxEntry.objects.all()] == ["opportunities.ApplicationDecided"]


def test_what_a_course_has_verified_stays_the_courses(held: Application) -> None:
    skill = developed(held.role).skill
    UserSkillFactory(user=held.volunteer, skill=skill, source=SkillSource.COURSE, is_verified=True)
    owner = owner_of(held.role.opportunity.host)
    services.complete_application(actor=owner, application_id=held.pk, endorsed_skill_ids=[skill.pk])
    assert UserSkill.objects.get().source == SkillSource.COURSE


def test_who_did_not_come_has_nothing_to_show_for_it_and_the_history_says_why(held: Application) -> None:
    owner = owner_of(held.role.opportunity.host)
    waiting = ApplicationFactory(role=held.role, status=ApplicationStatus.WAITLISTED)
    for _ in range(2):
        missed = services.complete_application(actor=owner, application_id=held.pk, attended=False)
        assert missed.status == "CANCELLED"
    last = ApplicationHistory.objects.get(application=held, to_status="CANCELLED")
    assert (last.actor, last.reason) == (owner, "Did not attend.")
    assert Role.objects.get(pk=held.role_id).slots_taken == 0
    waiting.refresh_from_db()
    assert waiting.status == "WAITLISTED"


def test_of_two_contrary_words_the_first_stands(held: Application) -> None:
    owner = owner_of(held.role.opportunity.host)
    services.complete_application(actor=owner, application_id=held.pk, attended=True)
    assert refusal(held, attended=False) == [("CONFLICT", "application_id")]


def test_nothing_can_be_said_before_the_end() -> None:
    application = ApplicationFactory(status=ApplicationStatus.ACCEPTED)
    assert refusal(application) == [("TOO_EARLY", "application_id")]


def test_only_skills_that_the_role_develops_are_endorsed(held: Application) -> None:
    required = RoleSkillFactory(role=held.role)
    good = developed(held.role)
    assert refusal(held, endorsed_skill_ids=[good.skill_id, required.skill_id, 0]) == [
        ("NOT_FOUND", "endorsed_skill_ids.1"),
        ("NOT_FOUND", "endorsed_skill_ids.2"),
    ]
    assert refusal(held, attended=False, endorsed_skill_ids=[good.skill_id]) == [("INVALID", "endorsed_skill_ids")]


@pytest.mark.parametrize("status", ["APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED", "DECLINED", "WITHDRAWN"])
def test_only_who_had_a_place_can_have_come(status: str) -> None:
    application = ApplicationFactory(role__opportunity__past=True, status=ApplicationStatus(status))
    assert refusal(application) == [("CONFLICT", "application_id")]


def test_nobody_completes_for_the_host(held: Application) -> None:
    owner_of(held.role.opportunity.host)
    for actor, kind in [
        (held.volunteer, NotAllowed),
        (UserFactory(overseer=True), NotAllowed),
        (UserFactory(), NotFound),
    ]:
        before = rows_of("opportunities", "base")
        with pytest.raises(kind):
            services.complete_application(actor=actor, application_id=held.pk)
        assert rows_of("opportunities", "base") == before


def test_nobody_endorses_themselves(held: Application) -> None:
    learned, volunteer = developed(held.role).skill, held.volunteer
    HostMembershipFactory(host=held.role.opportunity.host, user=volunteer)
    assert refusal(held, actor=volunteer, endorsed_skill_ids=[learned.pk]) == [("FORBIDDEN", None)]
    completed = services.complete_application(actor=volunteer, application_id=held.pk)
    assert completed.status == "COMPLETED"
    assert not UserSkill.objects.filter(is_verified=True).exists()
