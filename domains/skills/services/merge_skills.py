"""Merging one skill into another."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from domains.base import bus
from domains.base.errors import Code, NotFound, Refused
from domains.skills import facts
from domains.skills.models import (
    ResumeSuggestion,
    Skill,
    SkillAlias,
    SkillIdentifier,
    UserSkill,
    fold,
)
from domains.skills.services.hold_skills import hold_to_merge
from domains.skills.services.skill_files import MAX_ALIASES

#: Rows that one statement changes.
BATCH_SIZE = 500


@transaction.atomic
def merge_skills(*, skill_id: int, into_id: int) -> Skill:
    """The first skill is merged into the second, with its names, its ids and its people; an act of the staff.

    People who have both keep the higher level, verified if either was. If the second skill was merged itself, the
    first is merged into that skill's target; merging into the same skill again changes nothing. Refuses with NOT_FOUND,
    and INVALID for a skill that would be merged into itself, or was merged into a different one already.
    """
    hold_to_merge()
    locked = _lock(skill_id, into_id)
    skill, into = locked.get(skill_id), locked.get(into_id)
    if skill is None or into is None:
        raise NotFound("skill", "skill_id" if skill is None else "into_id")
    if into.merged_into_id:
        into = _lock(into.merged_into_id)[into.merged_into_id]
    if skill.merged_into_id == into.pk:
        return into
    if skill == into:
        raise Refused.because(Code.INVALID, f"{skill.name} is what it would go into.", "into_id")
    if skill.merged_into_id is not None:
        raise Refused.because(Code.INVALID, f"{skill.name} was merged into another skill already.", "skill_id")
    _move_names(skill, into)
    _move_people(skill, into)
    _move_suggestions(skill, into)
    Skill.objects.filter(merged_into=skill).update(merged_into=into)
    skill.merged_into = into
    skill.save(update_fields=["merged_into", "updated_at"])
    bus.publish(facts.SkillsMerged(skill_id=skill.pk, into_id=into.pk))
    return into


def _lock(*skill_ids: int) -> dict[int, Skill]:
    return {skill.pk: skill for skill in Skill.objects.select_for_update().filter(pk__in=skill_ids).order_by("pk")}


def _move_names(skill: Skill, into: Skill) -> None:
    """Make the first skill's names other names of the second, without duplicates, up to MAX_ALIASES."""
    known = {into.folded_name, *into.aliases.values_list("folded_name", flat=True)}
    skill.aliases.filter(folded_name__in=known).delete()
    # One alias is reserved for the name itself.
    room = max(MAX_ALIASES - 1 - into.aliases.count(), 0)
    skill.aliases.exclude(pk__in=list(skill.aliases.order_by("pk").values_list("pk", flat=True)[:room])).delete()
    skill.aliases.update(skill=into, updated_at=timezone.now())
    if fold(skill.name) not in {into.folded_name, *into.aliases.values_list("folded_name", flat=True)}:
        SkillAlias.objects.create(skill=into, name=skill.name)
    SkillIdentifier.objects.filter(skill=skill).update(skill=into)


def _move_people(skill: Skill, into: Skill) -> None:
    holders = UserSkill.objects.select_for_update().filter(skill=skill)
    kept_by = UserSkill.objects.select_for_update().filter(skill=into, user__in=holders.values("user"))
    both = {held.user_id: held for held in kept_by}
    removed = list(holders.filter(user__in=both))
    for moved in removed:
        kept = both[moved.user_id]
        kept.proficiency_level = max(kept.proficiency_level, moved.proficiency_level)
        if moved.is_verified and not kept.is_verified:
            kept.is_verified, kept.source = True, moved.source
    UserSkill.objects.bulk_update(both.values(), ["proficiency_level", "is_verified", "source"], batch_size=BATCH_SIZE)
    UserSkill.objects.filter(pk__in=[moved.pk for moved in removed]).delete()
    UserSkill.objects.filter(skill=skill).update(skill=into)


def _move_suggestions(skill: Skill, into: Skill) -> None:
    """Keep one suggestion per resume: accepted if either was, with the higher confidence."""
    both: dict[int, Any] = {one.resume_id: one for one in ResumeSuggestion.objects.filter(skill=into)}
    removed = list(ResumeSuggestion.objects.filter(skill=skill, resume__in=both))
    for moved in removed:
        kept = both[moved.resume_id]
        kept.is_accepted = kept.is_accepted or moved.is_accepted
        kept.confidence = max(kept.confidence, moved.confidence)
    changed = [both[moved.resume_id] for moved in removed]
    ResumeSuggestion.objects.bulk_update(changed, ["is_accepted", "confidence"], batch_size=BATCH_SIZE)
    ResumeSuggestion.objects.filter(pk__in=[moved.pk for moved in removed]).delete()
    ResumeSuggestion.objects.filter(skill=skill).update(skill=into)
