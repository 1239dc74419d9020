"""A skill is merged while people are given it: what they have names the one that stays, and nobody waits in a ring."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from domains.accounts.models import User
from domains.base.errors import Refused
from domains.opportunities.models import RoleSkill
from domains.opportunities.services import RoleChanges, RoleSkillDraft, update_role
from domains.skills import services
from domains.skills.models import Skill, SkillSource, UserSkill
from tests.factories import (
    ResumeFactory,
    ResumeSuggestionFactory,
    RoleFactory,
    SkillFactory,
    UserFactory,
    UserSkillFactory,
    owner_of,
)
from tests.threads import at_once, somebody_waits

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

#: So long a transaction stays open for the other to come in between; who waits for it comes later anyway.
OPEN_FOR = 1.0


def during(first: Any, second: Any) -> list[Any]:
    """Do the first, and the second before the first is committed, or waiting for that; return both answers."""
    is_done = threading.Event()

    def act(number: int) -> Any:
        if number:
            assert is_done.wait(timeout=30)
            return second()
        with transaction.atomic():
            answer = first()
            is_done.set()
            somebody_waits(patience=OPEN_FOR)
            return answer

    answers = at_once(act, 2)
    assert not [answer for answer in answers if isinstance(answer, Refused)]
    return answers


def add(person: User, skill: Skill) -> Any:
    return services.add_skill(actor=person, skill_id=skill.pk, proficiency_level=3)


def accept(person: User, skill: Skill) -> Any:
    resume = ResumeSuggestionFactory(resume__user=person, resume__parsed=True, skill=skill).resume
    return services.accept_resume_skills(actor=person, resume_id=resume.pk, skill_ids=[skill.pk])


def endorse(person: User, skill: Skill) -> Any:
    return services.endorse_skills(person=person, skill_ids=[skill.pk])


@pytest.mark.parametrize("give", [add, accept, endorse])
def test_whoever_is_given_a_skill_while_it_is_merged_has_the_one_that_stays(give: Any) -> None:
    person, old, new = UserFactory(), SkillFactory(), SkillFactory()
    during(lambda: give(person, old), lambda: services.merge_skills(skill_id=old.pk, into_id=new.pk))
    assert UserSkill.objects.get().skill == new


def test_a_role_that_names_a_skill_while_it_is_merged_names_the_one_that_stays() -> None:
    role, old, new = RoleFactory(), SkillFactory(), SkillFactory()
    owner, changes = owner_of(role.opportunity.host), RoleChanges(skills=[RoleSkillDraft(old.pk)])
    during(
        lambda: update_role(actor=owner, role_id=role.pk, changes=changes),
        lambda: services.merge_skills(skill_id=old.pk, into_id=new.pk),
    )
    assert RoleSkill.objects.get().skill == new


def test_a_merge_of_what_somebody_is_endorsed_in_waits_and_never_in_a_ring() -> None:
    old, new = SkillFactory(), SkillFactory()
    person = UserSkillFactory(skill=new).user
    during(
        lambda: services.endorse_skills(person=person, skill_ids=[old.pk, new.pk]),
        lambda: services.merge_skills(skill_id=old.pk, into_id=new.pk),
    )
    held = UserSkill.objects.get()
    assert (held.skill, held.is_verified, held.source) == (new, True, SkillSource.HOST)


def test_who_accepts_what_they_are_endorsed_in_this_moment_waits_and_never_in_a_ring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = SkillFactory(), SkillFactory()
    resume = ResumeFactory(parsed=True)
    for skill in (one, other):
        ResumeSuggestionFactory(resume=resume, skill=skill)
    has_begun, bulk_create = threading.Event(), QuerySet.bulk_create

    def slowly(self: Any, rows: Any, **how: Any) -> Any:
        written = bulk_create(self, rows, **how)
        if self.model is UserSkill and not has_begun.is_set():
            has_begun.set()
            assert somebody_waits(patience=5)
        return written

    monkeypatch.setattr(QuerySet, "bulk_create", slowly)

    def act(number: int) -> Any:
        if number:
            assert has_begun.wait(timeout=30)
            return services.endorse_skills(person=resume.user, skill_ids=[one.pk, other.pk])
        return services.accept_resume_skills(actor=resume.user, resume_id=resume.pk, skill_ids=[other.pk, one.pk])

    at_once(act, 2)
    assert UserSkill.objects.filter(user=resume.user, is_verified=True).count() == 2


def test_who_says_and_takes_back_the_same_at_once_meets_no_fault() -> None:
    person, skill = UserFactory(), SkillFactory()

    def act(number: int) -> Any:
        for _ in range(25):
            if number % 2:
                services.remove_skill(actor=person, skill_id=skill.pk)
            else:
                add(person, skill)

    assert at_once(act, 8) == [None] * 8
