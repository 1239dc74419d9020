"""The taxonomy of skills, and people's skills."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from domains.base.admin import ReadOnlyAdmin, RowsInline, TableAdmin, count_column
from domains.base.errors import Refused
from domains.skills.models import Resume, ResumeSuggestion, Skill, SkillAlias, SkillIdentifier, UserSkill
from domains.skills.services import merge_skills

MIN_TO_MERGE = 2


class SkillAliasInline(RowsInline):
    """The other names of the skill."""

    model = SkillAlias


@admin.register(Skill)
class SkillAdmin(TableAdmin):
    """Skills, found by any of their names."""

    list_display = (
        "name",
        "category",
        count_column("other names", SkillAlias, "skill"),
        count_column("people", UserSkill, "skill"),
        "merged_into",
    )
    list_filter = ("category", ("merged_into", admin.EmptyFieldListFilter))
    search_fields = ("name", "aliases__name")
    autocomplete_fields = ("merged_into",)
    ordering = ("name",)
    inlines: ClassVar = [SkillAliasInline]
    actions = ("merge",)

    @admin.action(description="Merge into the one with the most people", permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Skill]) -> None:
        """Merge the chosen skills into the one that most people have, or else the oldest."""
        chosen = sorted(queryset.filter(merged_into=None), key=lambda skill: (-skill.holders.count(), skill.pk))
        if len(chosen) < MIN_TO_MERGE:
            self.message_user(request, "Choose two skills or more that were not merged yet.", messages.WARNING)
            return
        into, *others = chosen
        try:
            for skill in others:
                merge_skills(skill_id=skill.pk, into_id=into.pk)
        except Refused as refusal:
            self.message_user(request, " ".join(one.message for one in refusal.problems), messages.ERROR)
            return
        self.message_user(request, f"{', '.join(skill.name for skill in others)}: now {into.name}.")


@admin.register(SkillAlias)
class SkillAliasAdmin(TableAdmin):
    """Other names of skills."""

    list_display = ("name", "skill")
    list_filter = ("skill__category",)
    search_fields = ("name", "skill__name")
    autocomplete_fields = ("skill",)
    ordering = ("name",)


@admin.register(UserSkill)
class UserSkillAdmin(TableAdmin):
    """People's skills, with their levels and sources."""

    list_display = ("user", "skill", "proficiency_level", "source", "is_verified", "created_at")
    list_filter = ("source", "is_verified", "proficiency_level", "skill__category")
    search_fields = ("user__display_name", "user__email", "skill__name")
    autocomplete_fields = ("user", "skill")


@admin.register(SkillIdentifier)
class SkillIdentifierAdmin(TableAdmin):
    """Ids of the skills in published taxonomies."""

    list_display = ("scheme", "identifier", "skill")
    list_filter = ("scheme",)
    search_fields = ("identifier", "skill__name")
    autocomplete_fields = ("skill",)


@admin.register(Resume)
class ResumeAdmin(ReadOnlyAdmin):
    """Resumes with their status and failures, without their contents and file names."""

    list_display = ("user", "source", "status", "failure_code", "content_type", "size", "attempts", "created_at")
    list_filter = ("status", "failure_code", "source", "content_type")
    search_fields = ("user__display_name", "user__email")
    fields = (*list_display, "failure_reason", "due_at", "done_at", "last_error")


@admin.register(ResumeSuggestion)
class ResumeSuggestionAdmin(ReadOnlyAdmin):
    """Suggestions of resumes: skills and confidence, without the text and the person."""

    list_display = ("skill", "confidence", "is_accepted")
    list_filter = ("is_accepted",)
    search_fields = ("skill__name",)
    fields = list_display
