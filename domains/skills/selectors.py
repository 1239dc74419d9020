"""Queries about skills and resumes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, IntegerField, Max, QuerySet, Value, When

from domains.accounts.models import User
from domains.skills.models import Resume, ResumeSuggestion, Skill, SkillAlias, fold

#: The order of search results: the exact name, then names that begin so, then skills with another name that does.
RANK_EXACT, RANK_PREFIX, RANK_ALIAS = range(3)

Version = tuple[tuple[int, int | None, datetime | None], ...]

MAX_CATEGORY_LENGTH = Skill._meta.get_field("category").max_length or 0
#: How many categories are listed; taxonomies have some hundreds.
MAX_CATEGORIES = 1_000


def find_skills(*, viewer: User | None, search: str = "", category: str = "") -> QuerySet[Skill]:
    """Return the skills whose name, or another name, begins with `search`: names before other names, then by name.

    Without `search` all of them, by name. Both kinds of names are looked up in their indexes.
    """
    skills = Skill.objects.visible_to(viewer)
    if category := category.strip():
        # SQLite refuses to compare with very long patterns.
        is_possible = len(category) <= MAX_CATEGORY_LENGTH
        skills = skills.filter(category__iexact=category) if is_possible else skills.none()
    if not (search := fold(search)):
        return skills.order_by("name", "pk")
    names = Skill.objects.filter(folded_name__begins=search).values("pk")
    aliases = SkillAlias.objects.filter(folded_name__begins=search).values("skill")
    rank = Case(
        When(folded_name=search, then=Value(RANK_EXACT)),
        When(folded_name__begins=search, then=Value(RANK_PREFIX)),
        default=Value(RANK_ALIAS),
        output_field=IntegerField(),
    )
    return skills.filter(pk__in=names.union(aliases, all=True)).annotate(rank=rank).order_by("rank", "name", "pk")


@dataclass(frozen=True)
class SkillCategory:
    """A group of skills, and how many there are in it."""

    name: str
    skill_count: int


def find_categories(*, viewer: User | None) -> list[SkillCategory]:
    """Return the categories that have skills, by name, at most MAX_CATEGORIES."""
    named = Skill.objects.visible_to(viewer).values_list("category").annotate(Count("pk")).order_by("category")
    return [SkillCategory(name, count) for name, count in named[:MAX_CATEGORIES]]


def get_skill(*, viewer: User | None, skill_id: int) -> Skill | None:
    """Return the skill, or the one that it was merged into; None if there is none."""
    merged = Skill.objects.filter(pk=skill_id).values("merged_into")
    chosen = merged[0]["merged_into"] if merged else None
    return Skill.objects.visible_to(viewer).filter(pk=chosen or skill_id).first()


def find_resumes(*, viewer: User | None) -> QuerySet[Resume]:
    """Return the resumes that the viewer may see."""
    return Resume.objects.visible_to(viewer)


def find_suggestions(*, viewer: User | None) -> QuerySet[ResumeSuggestion]:
    """Return the suggestions of the resumes the viewer may see, most certain first, without skills merged since."""
    shown = ResumeSuggestion.objects.visible_to(viewer).filter(skill__in=Skill.objects.visible_to(viewer))
    return shown.order_by("-confidence", "pk")


def get_taxonomy_version() -> Version:
    """Return a version that changes whenever a name of the taxonomy changes."""
    counted = (
        rows.aggregate(number=Count("pk"), last=Max("pk"), at=Max("updated_at"))
        for rows in (Skill.objects.all(), SkillAlias.objects.all())
    )
    return tuple((one["number"], one["last"], one["at"]) for one in counted)
