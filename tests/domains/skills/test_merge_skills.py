"""Making one skill of two, with everything that names either."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from domains.base import bus
from domains.base.errors import NotFound, Refused
from domains.base.models import OutboxEntry
from domains.opportunities.models import RoleSkill
from domains.skills import services
from domains.skills.models import ResumeSuggestion, Skill, SkillSource, UserSkill
from domains.skills.selectors import find_skills
from tests.factories import (
    CourseFactory,
    ResumeSuggestionFactory,
    RoleFactory,
    RoleSkillFactory,
    SkillAliasFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
)
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sew() -> Skill:
    return SkillFactory(name="Sewing")


@pytest.fixture
def stitch() -> Skill:
    return SkillFactory(name="Stitching")


def merge(skill: Skill, into: Skill) -> Skill:
    return services.merge_skills(skill_id=skill.pk, into_id=into.pk)


def names_of(skill: Skill) -> set[str]:
    return {alias.name for alias in skill.aliases.all()}


def test_the_names_of_both_lead_to_the_one_that_stays(sew: Skill, stitch: Skill) -> None:
    SkillAliasFactory(skill=sew, name="Mending")
    for name in ("mending", "Needlework", "sewing"):
        SkillAliasFactory(skill=stitch, name=name)
    assert merge(stitch, sew) == sew
    assert names_of(sew) == {"Mending", "Needlework", "Stitching"}
    for search in ("needle", "stitch", "mend", "sew"):
        assert list(find_skills(viewer=None, search=search)) == [sew]


def test_whoever_has_both_keeps_the_higher_level_and_what_was_verified(sew: Skill, stitch: Skill) -> None:
    both, one = UserFactory(), UserFactory()
    UserSkillFactory(user=both, skill=sew, proficiency_level=4)
    UserSkillFactory(user=both, skill=stitch, proficiency_level=2, is_verified=True, source=SkillSource.HOST)
    UserSkillFactory(user=one, skill=stitch, proficiency_level=5)
    merge(stitch, sew)
    held = {
        row.user: (row.skill, row.proficiency_level, row.is_verified, row.source) for row in UserSkill.objects.all()
    }
    assert held == {both: (sew, 4, True, SkillSource.HOST), one: (sew, 5, False, SkillSource.SELF)}


def test_a_resume_suggests_the_one_that_stays_once(sew: Skill, stitch: Skill) -> None:
    suggested = ResumeSuggestionFactory(skill=sew, confidence=0.6)
    ResumeSuggestionFactory(resume=suggested.resume, skill=stitch, confidence=0.9, is_accepted=True)
    merge(stitch, sew)
    (row,) = ResumeSuggestion.objects.all()
    assert (row.skill, row.confidence, row.is_accepted) == (sew, 0.9, True)


@pytest.mark.django_db(transaction=True)
def test_roles_and_courses_name_the_one_that_stays_however_often_it_is_told(sew: Skill, stitch: Skill) -> None:
    naming_both, naming_one = RoleFactory(), RoleFactory()
    RoleSkillFactory(role=naming_both, skill=sew, is_required=True)
    RoleSkillFactory(role=naming_both, skill=stitch, is_required=False, is_developed=True)
    RoleSkillFactory(role=naming_one, skill=stitch)
    courses = [CourseFactory(skills=[sew, stitch]), CourseFactory(skills=[stitch])]
    merge(stitch, sew)
    for _ in range(2):
        named = {row.role: (row.skill, row.is_required, row.is_developed) for row in RoleSkill.objects.all()}
        assert named == {naming_both: (sew, True, True), naming_one: (sew, True, False)}
        assert [list(course.skills.all()) for course in courses] == [[sew], [sew]]
        OutboxEntry.objects.update(done_at=None, due_at="2020-01-01T00:00:00Z")
        assert bus.deliver_overdue() == 1


def test_chains_are_followed_and_the_same_again_changes_nothing(sew: Skill, stitch: Skill) -> None:
    knit, crochet = SkillFactory(name="Knitting"), SkillFactory(name="Crochet")
    merge(stitch, sew)
    assert merge(knit, stitch) == sew
    merge(sew, crochet)
    assert set(Skill.objects.filter(merged_into=crochet)) == {sew, stitch, knit}
    assert list(Skill.objects.visible_to(None)) == [crochet]
    before = rows_of("skills", "base")
    assert merge(knit, crochet) == crochet
    assert rows_of("skills", "base") == before


def test_a_skill_goes_neither_into_itself_nor_nowhere_nor_twice(sew: Skill, stitch: Skill) -> None:
    merge(stitch, sew)
    other = SkillFactory()
    before = rows_of("skills", "base")
    for skill_id, into_id, code in [
        (sew.pk, sew.pk, "INVALID"),
        (sew.pk, stitch.pk, "INVALID"),
        (stitch.pk, other.pk, "INVALID"),
    ]:
        with pytest.raises(Refused, match=code):
            services.merge_skills(skill_id=skill_id, into_id=into_id)
    for skill_id, into_id in [(0, sew.pk), (sew.pk, 0)]:
        with pytest.raises(NotFound):
            services.merge_skills(skill_id=skill_id, into_id=into_id)
    assert rows_of("skills", "base") == before


def test_the_command_takes_names_and_numbers(sew: Skill, stitch: Skill) -> None:
    out = io.StringIO()
    call_command("merge_skills", "  STITCHING", str(sew.pk), stdout=out)
    assert out.getvalue() == "Stitching is Sewing now.\n"
    with pytest.raises(CommandError, match="no skill 'Juggling'"):
        call_command("merge_skills", "Juggling", "Sewing")
    with pytest.raises(CommandError, match="what it would go into"):
        call_command("merge_skills", "Sewing", "Sewing")
