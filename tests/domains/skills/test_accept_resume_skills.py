"""Taking over what a resume suggests: only that, only one's own, and never over what one has."""

from __future__ import annotations

import pytest

from domains.base.errors import Refused
from domains.skills import services
from domains.skills.models import ResumeSuggestion, SkillSource, UserSkill
from tests.factories import ResumeFactory, ResumeSuggestionFactory, SkillFactory, UserFactory, UserSkillFactory
from tests.sql import rows_of

pytestmark = pytest.mark.django_db


def refusal(actor: object, resume_id: int, *skill_ids: int) -> list[tuple[str, str | None]]:
    before = rows_of("skills", "base")
    with pytest.raises(Refused) as refused:
        services.accept_resume_skills(actor=actor, resume_id=resume_id, skill_ids=skill_ids)  # type: ignore[arg-type]
    assert rows_of("skills", "base") == before
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


@pytest.mark.parametrize("source", [SkillSource.RESUME, SkillSource.LINKEDIN])
def test_the_chosen_skills_are_ones_own_and_the_others_are_not(source: SkillSource) -> None:
    resume = ResumeFactory(parsed=True, source=source)
    chosen, other = ResumeSuggestionFactory.create_batch(2, resume=resume)
    person = services.accept_resume_skills(actor=resume.user, resume_id=resume.pk, skill_ids=[chosen.skill_id])
    assert person == resume.user
    held = UserSkill.objects.get()
    assert (held.user, held.skill_id, held.proficiency_level) == (resume.user, chosen.skill_id, 3)
    assert (held.source, held.is_verified) == (source, False)
    assert list(ResumeSuggestion.objects.filter(is_accepted=True)) == [chosen]
    assert not ResumeSuggestion.objects.get(pk=other.pk).is_accepted


def test_accepting_again_or_twice_in_one_changes_nothing() -> None:
    one = ResumeSuggestionFactory()
    resume, twice = one.resume, [one.skill_id, one.skill_id]
    services.accept_resume_skills(actor=resume.user, resume_id=resume.pk, skill_ids=twice)
    before = rows_of("skills")
    services.accept_resume_skills(actor=resume.user, resume_id=resume.pk, skill_ids=twice)
    assert rows_of("skills") == before
    assert UserSkill.objects.count() == 1


def test_none_chosen_is_nothing_changed() -> None:
    one = ResumeSuggestionFactory()
    before = rows_of("skills")
    services.accept_resume_skills(actor=one.resume.user, resume_id=one.resume_id, skill_ids=[])
    assert rows_of("skills") == before


@pytest.mark.parametrize("source", [SkillSource.SELF, SkillSource.HOST, SkillSource.COURSE])
def test_what_one_has_already_stays_as_it_is(source: SkillSource) -> None:
    one = ResumeSuggestionFactory()
    held = UserSkillFactory(user=one.resume.user, skill=one.skill, proficiency_level=5, source=source, is_verified=True)
    services.accept_resume_skills(actor=held.user, resume_id=one.resume_id, skill_ids=[one.skill_id])
    held.refresh_from_db()
    assert (held.proficiency_level, held.source, held.is_verified) == (5, source, True)
    one.refresh_from_db()
    assert one.is_accepted


def test_a_skill_that_was_merged_since_is_accepted_as_the_one_it_went_into() -> None:
    one, into = ResumeSuggestionFactory(), SkillFactory()
    services.merge_skills(skill_id=one.skill_id, into_id=into.pk)
    services.accept_resume_skills(actor=one.resume.user, resume_id=one.resume_id, skill_ids=[one.skill_id])
    assert UserSkill.objects.get().skill == into


def test_what_is_not_suggested_is_not_found_and_nothing_is_accepted() -> None:
    one, elsewhere = ResumeSuggestionFactory(), ResumeSuggestionFactory()
    actor = one.resume.user
    for unknown in (elsewhere.skill_id, SkillFactory().pk, 0):
        assert refusal(actor, one.resume_id, one.skill_id, unknown) == [("NOT_FOUND", "skill_ids")]


def test_a_resume_of_somebody_else_is_not_found_by_anybody() -> None:
    one = ResumeSuggestionFactory()
    for actor in (UserFactory(), UserFactory(overseer=True), UserFactory(superuser=True)):
        assert refusal(actor, one.resume_id, one.skill_id) == [("NOT_FOUND", "resume_id")]
    assert refusal(one.resume.user, 0, one.skill_id) == [("NOT_FOUND", "resume_id")]


def test_what_is_not_read_yet_suggests_nothing_yet() -> None:
    resume, skill = ResumeFactory(), SkillFactory()
    assert refusal(resume.user, resume.pk, skill.pk) == [("NOT_READ_YET", "resume_id")]


def test_what_could_not_be_read_suggests_nothing() -> None:
    resume = ResumeFactory(status="FAILED", failure_code="NO_TEXT", failure_reason="There is no text.")
    assert refusal(resume.user, resume.pk, SkillFactory().pk) == [("NOT_FOUND", "skill_ids")]
