"""Lists that the API shows without pages: none of them grows without end, because its domain stops it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone

from domains.accounts.models import User
from domains.accounts.selectors import find_sessions
from domains.accounts.services.begin_session import begin_session
from domains.base.errors import Refused
from domains.notifications.models import Notification, NotificationKind
from domains.notifications.services.notify import MAX_BODY_LENGTH, notify
from domains.opportunities import services as opportunities
from domains.opportunities.models import ApplicationStatus, HostMembership
from domains.opportunities.selectors import GroupBy, find_developed_skills, sum_hours_by_month
from domains.opportunities.tokens import invitation_key
from domains.skills import services as skills
from domains.skills.models import SkillAlias, UserSkill
from domains.skills.services.skill_files import SkillRow
from tests.factories import (
    ApplicationFactory,
    HostMembershipFactory,
    HoursEntryFactory,
    ResumeFactory,
    ResumeSuggestionFactory,
    RoleSkillFactory,
    ServiceRecordFactory,
    SkillAliasFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
)

pytestmark = pytest.mark.django_db
At = Callable[[str, str], None]


@pytest.fixture
def at_three(monkeypatch: pytest.MonkeyPatch) -> At:
    """Three are the most: `at_three("skills.services.hold_skills", "MAX_SKILLS")`."""
    return lambda module, name: monkeypatch.setattr(import_module(f"domains.{module}"), name, 3)


def code_of(act: Callable[[], Any]) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        act()
    (problem,) = refused.value.problems
    return str(problem.code), problem.field


def test_a_person_has_so_many_skills_and_no_more_by_any_way(at_three: At) -> None:
    at_three("skills.services.hold_skills", "MAX_SKILLS")
    person: User = UserFactory()
    held = UserSkillFactory.create_batch(3, user=person)
    assert code_of(lambda: skills.add_skill(actor=person, skill_id=SkillFactory().pk, proficiency_level=3)) == (
        "TOO_LONG",
        "skill_id",
    )
    skills.add_skill(actor=person, skill_id=held[0].skill_id, proficiency_level=5)
    resume = ResumeFactory(user=person, parsed=True)
    new, known = ResumeSuggestionFactory(resume=resume), ResumeSuggestionFactory(resume=resume, skill=held[1].skill)
    both = [new.skill_id, known.skill_id]
    assert code_of(lambda: skills.accept_resume_skills(actor=person, resume_id=resume.pk, skill_ids=both)) == (
        "TOO_LONG",
        "skill_ids",
    )
    skills.accept_resume_skills(actor=person, resume_id=resume.pk, skill_ids=[known.skill_id])
    skills.endorse_skills(person=person, skill_ids=[new.skill_id, held[2].skill_id])
    assert UserSkill.objects.filter(user=person).count() == 3
    assert UserSkill.objects.get(user=person, skill=held[2].skill).is_verified


def test_a_skill_has_so_many_other_names_and_no_more_by_any_way(at_three: At) -> None:
    at_three("skills.services.import_skills", "MAX_ALIASES")
    at_three("skills.services.merge_skills", "MAX_ALIASES")
    row = SkillRow("esco", "x", "Sewing", "Crafts", ("Stitching", "Hemming", "Mending", "Darning"))
    summary = skills.import_skills(rows=[row])
    assert SkillAlias.objects.filter(skill__name="Sewing").count() == 3
    assert summary.skipped["other names of a skill that has enough of them"] == 1
    first, into = SkillFactory(), SkillFactory()
    SkillAliasFactory.create_batch(3, skill=first)
    SkillAliasFactory(skill=into)
    skills.merge_skills(skill_id=first.pk, into_id=into.pk)
    assert into.aliases.count() == 3
    assert into.aliases.filter(name=first.name).exists()


def test_the_session_that_was_used_least_lately_makes_room_for_a_new_one(at_three: At) -> None:
    at_three("accounts.services.begin_session", "MAX_SESSIONS")
    person: User = UserFactory()
    sessions = [begin_session(user=person).session for _ in range(3)]
    sessions[0].rotated_at = timezone.now()
    sessions[0].save()
    newest = begin_session(user=person).session
    assert set(find_sessions(viewer=person)) == {sessions[0], sessions[2], newest}


def test_a_person_belongs_to_so_many_organizations(at_three: At) -> None:
    at_three("opportunities.services.create_host", "MAX_HOSTS")
    person: User = UserFactory(hosting=True)
    HostMembershipFactory.create_batch(3, user=person)
    assert code_of(lambda: opportunities.create_host(actor=person, organization_name="One more")) == ("CONFLICT", None)
    invited = HostMembershipFactory(invited=True, email=person.email)
    key = invitation_key(membership_id=invited.pk, email=invited.email)
    assert code_of(lambda: opportunities.accept_host_invitation(actor=person, key=key)) == ("CONFLICT", None)
    assert HostMembership.objects.filter(user=person).count() == 3


def test_an_application_has_so_many_entries_of_hours(at_three: At) -> None:
    at_three("opportunities.services.hours_rules", "MAX_ENTRIES")
    application = ApplicationFactory(status=ApplicationStatus.ACCEPTED, role__opportunity__past=True)
    entries = HoursEntryFactory.create_batch(3, application=application)
    end = application.role.opportunity.end_date

    def log(**fields: Any) -> Any:
        return opportunities.log_hours(actor=application.volunteer, application_id=application.pk, **fields)

    assert code_of(lambda: log(started_at=end - timedelta(hours=1), ended_at=end)) == ("TOO_LONG", "application_id")
    again = {"started_at": entries[0].started_at, "ended_at": entries[0].ended_at}
    assert log(**again) == entries[0]


def test_a_volunteer_has_so_many_records_of_service(at_three: At) -> None:
    at_three("opportunities.services.create_service_record", "MAX_RECORDS")
    entry = HoursEntryFactory(approved=True)
    first = opportunities.create_service_record(actor=entry.volunteer)
    ServiceRecordFactory.create_batch(2, volunteer=entry.volunteer)
    assert opportunities.create_service_record(actor=entry.volunteer) == first
    later = HoursEntryFactory(volunteer=entry.volunteer, application=entry.application, approved=True)
    assert later.volunteer == entry.volunteer
    assert code_of(lambda: opportunities.create_service_record(actor=entry.volunteer)) == ("CONFLICT", None)


def test_figures_list_the_newest_months_and_the_first_skills(at_three: At) -> None:
    at_three("opportunities.selectors.hours", "MAX_MONTHS")
    at_three("opportunities.selectors.hours", "MAX_DEVELOPED_SKILLS")
    application = ApplicationFactory(status=ApplicationStatus.COMPLETED, role__opportunity__past=True)
    person, now = application.volunteer, timezone.now()
    for age in range(1, 6):
        start = now - timedelta(days=31 * age)
        HoursEntryFactory(application=application, started_at=start, ended_at=start + timedelta(hours=1), approved=True)
        RoleSkillFactory(role=application.role, is_developed=True)
    months = sum_hours_by_month(viewer=person, group_by=GroupBy.VOLUNTEER, keys=[person.pk])[person.pk]
    assert [one.month for one in months] == [f"{now - timedelta(days=31 * age):%Y-%m}" for age in (3, 2, 1)]
    assert len(find_developed_skills(viewer=person, volunteer_ids=[person.pk])[person.pk]) == 3


def test_what_is_told_of_a_thing_is_cut_at_its_greatest_length() -> None:
    person: User = UserFactory()
    kind = NotificationKind.OPPORTUNITY_CHANGED
    notify(recipient_ids=[person.pk], kind=kind, template="long", source_id=1, title="Long", body="x" * 5_000)
    assert len(Notification.objects.get(recipient=person).body) == MAX_BODY_LENGTH
