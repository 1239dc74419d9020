"""Skills, their other names, and who has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class SkillSource(models.TextChoices):
    """How it came to be known that a person has a skill."""

    SELF = "SELF"
    RESUME = "RESUME"
    LINKEDIN = "LINKEDIN"
    COURSE = "COURSE"
    HOST = "HOST"


class SkillQuerySet(models.QuerySet["Skill"]):
    """The taxonomy."""

    def visible_to(self, viewer: User | None) -> SkillQuerySet:  # noqa: ARG002 - skills are public
        """Everybody sees every skill that was not merged into another."""
        return self.filter(merged_into__isnull=True)


class Skill(models.Model):
    """Something a person can do, under its preferred name."""

    name = models.CharField(max_length=120)
    category = models.CharField(max_length=80, db_index=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_skills")

    objects = SkillQuerySet.as_manager()

    if TYPE_CHECKING:
        aliases: RelatedManager[SkillAlias]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="skills_skill_name_ci")]

    def __str__(self) -> str:
        return self.name


class SkillAlias(models.Model):
    """Another name of a skill."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "skill aliases"
        constraints: ClassVar = [models.UniqueConstraint("skill", Lower("name"), name="skills_alias_once_per_skill")]
        indexes: ClassVar = [models.Index(Lower("name"), name="skills_alias_name")]

    def __str__(self) -> str:
        return self.name


class UserSkill(models.Model):
    """A skill that a person has, how well, and who says so."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="holders")
    proficiency_level = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    source = TextChoicesField(choices_enum=SkillSource, default=SkillSource.SELF)
    is_verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "skill"], name="skills_user_skill_once"),
            models.CheckConstraint(condition=models.Q(proficiency_level__range=(1, 5)), name="skills_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.skill_id} at {self.proficiency_level}"
