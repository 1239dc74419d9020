"""The taxonomy of skills, and who has which."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from domains.base.admin import RowsInline, TableAdmin, count_column
from domains.skills.models import Skill, SkillAlias, UserSkill


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
    list_select_related = ("merged_into",)
    search_fields = ("name", "aliases__name")
    autocomplete_fields = ("merged_into",)
    ordering = ("name",)
    inlines: ClassVar = [SkillAliasInline]


@admin.register(SkillAlias)
class SkillAliasAdmin(TableAdmin):
    """Other names of skills."""

    list_display = ("name", "skill")
    list_filter = ("skill__category",)
    list_select_related = ("skill",)
    search_fields = ("name", "skill__name")
    autocomplete_fields = ("skill",)
    ordering = ("name",)


@admin.register(UserSkill)
class UserSkillAdmin(TableAdmin):
    """Who can do what, how well, and who says so."""

    list_display = ("user", "skill", "proficiency_level", "source", "is_verified", "created_at")
    list_filter = ("source", "is_verified", "proficiency_level", "skill__category")
    list_select_related = ("user", "skill")
    search_fields = ("user__display_name", "user__email", "skill__name")
    autocomplete_fields = ("user", "skill")
    ordering = ("-id",)
