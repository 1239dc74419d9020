"""Drafting an opportunity."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound, Refused
from domains.opportunities import services
from domains.opportunities.models import MembershipRole, Opportunity, OpportunityKind, OpportunityStatus, Role
from domains.opportunities.services import OpportunityDraft, RoleDraft, RoleSkillDraft
from domains.verification.models import VerificationKind
from tests.factories import (
    CauseFactory,
    CourseFactory,
    HostMembershipFactory,
    OpportunityHostFactory,
    SkillFactory,
    UserFactory,
    owner_of,
)

pytestmark = pytest.mark.django_db

START, END = datetime(2031, 5, 4, 10, tzinfo=UTC), datetime(2031, 5, 4, 13, tzinfo=UTC)
DRAFT = OpportunityDraft(
    title="Plant street trees", description="Dig, plant and water.", start_date=START, end_date=END
)


def problems(actor: User, host_id: int, draft: OpportunityDraft) -> set[tuple[str | None, str]]:
    with pytest.raises(Refused) as refused:
        services.create_opportunity(actor=actor, host_id=host_id, draft=draft)
    assert not Opportunity.objects.exists()
    assert not Role.objects.exists()
    return {(problem.field, str(problem.code)) for problem in refused.value.problems}


def problem_of(**changes: Any) -> set[tuple[str | None, str]]:
    host = OpportunityHostFactory()
    return problems(owner_of(host), host.pk, replace(DRAFT, **changes))


def test_a_coordinator_drafts_an_opportunity_with_its_roles_and_skills() -> None:
    host, cause, digging, teaching = OpportunityHostFactory(), CauseFactory(), SkillFactory(), SkillFactory()
    coordinator = UserFactory(hosting=True)
    HostMembershipFactory(host=host, user=coordinator)
    draft = replace(
        DRAFT,
        location_zip="94110",
        cause_ids=[cause.pk],
        roles=[
            RoleDraft(
                "Planter", 8, skills=[RoleSkillDraft(digging.pk), RoleSkillDraft(teaching.pk, is_developed=True)]
            ),
            RoleDraft(" Tea  maker ", 1, requires_approval=False),
        ],
    )
    opportunity = services.create_opportunity(actor=coordinator, host_id=host.pk, draft=draft)
    opportunity.refresh_from_db()
    assert (opportunity.status, opportunity.kind) == (OpportunityStatus.DRAFT, OpportunityKind.SIGN_UP)
    assert (opportunity.host, opportunity.created_by, opportunity.start_date) == (host, coordinator, START)
    assert opportunity.latitude == pytest.approx(37.75, abs=0.02)
    assert opportunity.longitude == pytest.approx(-122.42, abs=0.02)
    assert list(opportunity.causes.all()) == [cause]
    planter, tea_maker = opportunity.roles.order_by("pk")
    assert (planter.title, planter.slots_available, planter.requires_approval) == ("Planter", 8, True)
    assert (tea_maker.title, tea_maker.slots_taken, tea_maker.requires_approval) == ("Tea maker", 0, False)
    assert list(planter.role_skills.order_by("pk").values_list("skill", "is_required", "is_developed")) == [
        (digging.pk, True, False),
        (teaching.pk, False, True),
    ]


def test_roles_keep_each_the_courses_and_verifications_they_require() -> None:
    host, courses = OpportunityHostFactory(), [CourseFactory(), CourseFactory()]
    draft = replace(
        DRAFT,
        roles=[
            RoleDraft("Planter", 8),
            RoleDraft("Medic", 1, required_course_ids=[course.pk for course in courses]),
            RoleDraft("Driver", 1, required_course_ids=[courses[1].pk], required_verifications=[*VerificationKind]),
        ],
    )
    opportunity = services.create_opportunity(actor=owner_of(host), host_id=host.pk, draft=draft)
    assert {role.title: list(role.required_courses.order_by("pk")) for role in opportunity.roles.all()} == {
        "Planter": [],
        "Medic": courses,
        "Driver": courses[1:],
    }
    assert {role.title: role.required_verifications for role in opportunity.roles.all()} == {
        "Planter": [],
        "Medic": [],
        "Driver": ["IDENTITY", "BACKGROUND_CHECK"],
    }
    hidden = replace(DRAFT, roles=[RoleDraft("Medic", 1, required_course_ids=[CourseFactory(is_published=False).pk])])
    with pytest.raises(Refused) as refused:
        services.create_opportunity(actor=owner_of(host), host_id=host.pk, draft=hidden)
    assert [problem.field for problem in refused.value.problems] == ["roles.0.required_course_ids.0"]


def test_a_remote_opportunity_is_nowhere_on_the_map() -> None:
    host = OpportunityHostFactory()
    draft = replace(DRAFT, location_zip="94110", is_remote=True)
    opportunity = services.create_opportunity(actor=owner_of(host), host_id=host.pk, draft=draft)
    assert (opportunity.latitude, opportunity.longitude) == (None, None)


def test_everything_that_is_wrong_is_said_at_once_each_with_its_field() -> None:
    skill = SkillFactory()
    assert problem_of(
        title="ab",
        description="short",
        impact_statement="x" * 1001,
        start_date=END,
        end_date=START,
        location_zip="941",
        kind=OpportunityKind.EXTERNAL,
        cause_ids=[0],
        roles=[
            RoleDraft("Planter", 0, skills=[RoleSkillDraft(skill.pk), RoleSkillDraft(skill.pk), RoleSkillDraft(0)]),
            RoleDraft("", 1, description="x" * 5001, skills=[RoleSkillDraft(skill.pk, is_required=False)]),
        ],
    ) == {
        ("title", "TOO_SHORT"),
        ("description", "TOO_SHORT"),
        ("impact_statement", "TOO_LONG"),
        ("end_date", "INVALID"),
        ("location_zip", "INVALID"),
        ("kind", "INVALID"),
        ("cause_ids.0", "NOT_FOUND"),
        ("roles.0.slots_available", "INVALID"),
        ("roles.0.skills.1.skill_id", "DUPLICATE"),
        ("roles.0.skills.2.skill_id", "NOT_FOUND"),
        ("roles.1.title", "REQUIRED"),
        ("roles.1.description", "TOO_LONG"),
        ("roles.1.skills.0.is_required", "INVALID"),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "x" * 201}, ("title", "TOO_LONG")),
        ({"title": "   "}, ("title", "REQUIRED")),
        ({"description": "x" * 5001}, ("description", "TOO_LONG")),
        ({"location_zip": "9411"}, ("location_zip", "INVALID")),
        ({"end_date": START}, ("end_date", "INVALID")),
        ({"end_date": START - timedelta(seconds=1)}, ("end_date", "INVALID")),
        ({"start_date": END.astimezone(timezone(timedelta(hours=-7)))}, ("end_date", "INVALID")),
        ({"impact_statement": "x" * 1001}, ("impact_statement", "TOO_LONG")),
        ({"location_text": "x" * 301}, ("location_text", "TOO_LONG")),
        ({"roles": [RoleDraft("Planter", 100_001)]}, ("roles.0.slots_available", "INVALID")),
        ({"roles": [RoleDraft("Planter", 2_147_483_647)]}, ("roles.0.slots_available", "INVALID")),
        ({"roles": [RoleDraft("Planter", -1)]}, ("roles.0.slots_available", "INVALID")),
        ({"roles": [RoleDraft("x" * 201, 1)]}, ("roles.0.title", "TOO_LONG")),
        ({"roles": [RoleDraft("Planter", 1, description="x" * 5001)]}, ("roles.0.description", "TOO_LONG")),
        ({"roles": [RoleDraft("Planter", 1)] * 51}, ("roles", "TOO_LONG")),
        ({"cause_ids": [1] * 21}, ("cause_ids", "TOO_LONG")),
        ({"roles": [RoleDraft("Planter", 1, skills=[RoleSkillDraft(0)] * 51)]}, ("roles.0.skills", "TOO_LONG")),
    ],
)
def test_each_limit_of_the_values_holds(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert problem_of(**changes) == {expected}


def test_times_without_offset_or_beyond_the_calendar_are_refused() -> None:
    naive, first_day = datetime(2031, 5, 4), datetime.fromisoformat("0001-01-01T00:00:00+14:00")  # noqa: DTZ001
    assert problem_of(start_date=naive) == {("start_date", "INVALID")}
    assert problem_of(start_date=first_day) == {("start_date", "INVALID")}
    assert problem_of(end_date=datetime(9999, 12, 31, tzinfo=UTC)) == {("end_date", "INVALID")}


def test_a_crowd_of_a_hundred_thousand_finds_a_slot() -> None:
    host = OpportunityHostFactory()
    draft = replace(DRAFT, roles=[RoleDraft("Planter", 100_000)])
    opportunity = services.create_opportunity(actor=owner_of(host), host_id=host.pk, draft=draft)
    assert opportunity.roles.get().slots_available == 100_000


def test_only_owners_and_coordinators_who_accepted_may_draft() -> None:
    host = OpportunityHostFactory()
    scanner, invited = UserFactory(), UserFactory()
    HostMembershipFactory(host=host, user=scanner, role=MembershipRole.SCANNER)
    HostMembershipFactory(host=host, user=invited, accepted_at=None)
    for actor in (
        UserFactory(),
        UserFactory(overseer=True),
        owner_of(OpportunityHostFactory()),
        scanner,
        invited,
    ):
        with pytest.raises(NotAllowed):
            services.create_opportunity(actor=actor, host_id=host.pk, draft=DRAFT)
    with pytest.raises(NotFound):
        services.create_opportunity(actor=owner_of(host), host_id=0, draft=DRAFT)
    assert not Opportunity.objects.exists()


def test_words_that_cannot_be_seen_or_turn_others_round_are_refused_where_they_are() -> None:
    unseen, turned = "\u200b" * 12, "Send \u202eyenom to us"
    roles = [RoleDraft(title=turned, slots_available=1, description=unseen)]
    wrong = {"title": turned, "description": unseen, "location_text": "a\x1bb", "impact_statement": turned}
    in_roles = {("roles.0.title", "INVALID"), ("roles.0.description", "INVALID")}
    assert problem_of(roles=roles, **wrong) == {(field, "INVALID") for field in wrong} | in_roles
