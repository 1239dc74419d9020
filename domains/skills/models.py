"""Skills, their other names, people's skills, and the resumes that suggest them."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import ProfileField, User, field_is_shown_to
from domains.base.queue import Claimable

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def fold(name: str) -> str:
    """Return the normalized name used in comparisons: no capitals, single spaces, Unicode's compatibility forms."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class FoldedName(models.CharField):  # type: ignore[type-arg] # it has no parameters when it runs
    """The row's `name`, folded; it is set whenever the row is saved, and its index serves searches."""

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: ARG002 - Django's shape
        """Fold the name that is being written."""
        folded = fold(model_instance.name)[: self.max_length]
        setattr(model_instance, self.attname, folded)
        return folded


class BeginsWith(models.Lookup):
    """`folded_name__begins="tree"`: a prefix, in the form that each database answers from the column's index."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Bound the column from below and above; for databases that order text by code points."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (*parameters, self.rhs, *parameters, f"{self.rhs}\U0010ffff")

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Ask with LIKE, which the index with pattern operators serves whatever the database's language is."""
        column, parameters = self.process_lhs(compiler, connection)
        pattern = self.rhs.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        return f"{column}::text LIKE %s", (*parameters, f"{pattern}%")


FoldedName.register_lookup(BeginsWith)


class NamedModel(models.Model):
    """A row with a name that is looked up folded."""

    name = models.CharField(max_length=120)

    #: The fields that make the folded name unique, beside itself.
    UNIQUE_WITH: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Write the folded name whenever the name is written."""
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "folded_name", "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def clean(self) -> None:
        """Refuse a name that is taken; capitals and spaces do not count."""
        super().clean()
        same: dict[str, Any] = {"folded_name": fold(self.name)}
        same |= {field: getattr(self, field) for field in self.UNIQUE_WITH}
        taken = type(self)._default_manager.filter(**same).exclude(pk=self.pk)
        if taken.exists():
            raise ValidationError({"name": ValidationError("There is one of this name already.", code="unique")})


class SkillSource(models.TextChoices):
    """Source of a person's skill."""

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


class Skill(NamedModel):
    """Something a person can do, under its preferred name.

    Code that merges skills holds `MERGE_LOCK` alone; code that writes rows with skills shares it.
    """

    MERGE_LOCK: ClassVar = "skills"

    folded_name = FoldedName(max_length=240, unique=True, blank=True, editable=False)
    category = models.CharField(max_length=80, db_index=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_skills")
    updated_at = models.DateTimeField(auto_now=True)

    objects = SkillQuerySet.as_manager()

    if TYPE_CHECKING:
        aliases: RelatedManager[SkillAlias]
        identifiers: RelatedManager[SkillIdentifier]
        merged_skills: RelatedManager[Skill]

    def __str__(self) -> str:
        return self.name


class SkillAlias(NamedModel):
    """Another name of a skill."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="aliases")
    folded_name = FoldedName(max_length=240, db_index=True, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    UNIQUE_WITH: ClassVar = ("skill_id",)

    class Meta:
        verbose_name_plural = "skill aliases"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["skill", "folded_name"], name="skills_alias_once_per_skill")
        ]

    def __str__(self) -> str:
        return self.name


class SkillIdentifier(models.Model):
    """The skill's id in a published taxonomy; a skill may be in several."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=40)
    identifier = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "identifier"], name="skills_identifier_once_per_scheme")
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.identifier}"


class UserSkillQuerySet(models.QuerySet["UserSkill"]):
    """People's skills, as others see them."""

    def visible_to(self, viewer: User | None) -> UserSkillQuerySet:
        """The skills that people show the viewer."""
        return self.filter(field_is_shown_to(viewer, ProfileField.SKILLS))


class UserSkill(models.Model):
    """A skill that a person has, with its level and source.

    Services that change a person's own skills hold that person's `OWN_LOCK`.
    """

    OWN_LOCK: ClassVar = "own skills"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="holders")
    proficiency_level = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    source = TextChoicesField(choices_enum=SkillSource, default=SkillSource.SELF)
    is_verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserSkillQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "skill"], name="skills_user_skill_once"),
            models.CheckConstraint(condition=models.Q(proficiency_level__range=(1, 5)), name="skills_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.skill_id} at {self.proficiency_level}"


class ResumeStatus(models.TextChoices):
    """Status of reading a resume."""

    PENDING = "PENDING"
    PARSED = "PARSED"
    FAILED = "FAILED"


def random_key(resume: Resume, filename: str) -> str:  # noqa: ARG001 - the client's name is never part of a path
    """Return the storage path of a resume's file: random, with nothing from the client."""
    return f"{Resume.FOLDER}/{secrets.token_hex(20)}"


class ResumeQuerySet(models.QuerySet["Resume"]):
    """Resumes, as people see them."""

    def visible_to(self, viewer: User | None) -> ResumeQuerySet:
        """The viewer's own resume; staff and administrators see no others here."""
        return self.none() if viewer is None else self.filter(user=viewer)


class Resume(Claimable):
    """A file in which a person's skills are looked for; one per person. The file is never served."""

    #: The folder of the default storage that holds the files, and nothing else.
    FOLDER: ClassVar = "resumes"
    MAX_ATTEMPTS: ClassVar[int] = 3
    LEASE: ClassVar = timedelta(seconds=90)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="resume")
    file = models.FileField(upload_to=random_key, max_length=120, blank=True)
    original_name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=100)
    source = TextChoicesField(choices_enum=SkillSource, default=SkillSource.RESUME)
    status = TextChoicesField(choices_enum=ResumeStatus, default=ResumeStatus.PENDING)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = ResumeQuerySet.as_manager()

    if TYPE_CHECKING:
        suggestions: RelatedManager[ResumeSuggestion]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=models.Q(done_at__isnull=True), name="skills_resumes_due")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status="FAILED") ^ models.Q(failure_code=""), name="skills_failed_resume_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"Resume {self.pk} of {self.user_id}"


class ResumeSuggestionQuerySet(models.QuerySet["ResumeSuggestion"]):
    """Suggestions, as people see them."""

    def visible_to(self, viewer: User | None) -> ResumeSuggestionQuerySet:
        """Suggestions of the resumes that the viewer may see."""
        return self.filter(resume__in=Resume.objects.visible_to(viewer))


class ResumeSuggestion(models.Model):
    """A skill found in a resume, with its text and confidence; it becomes the person's when they accept it."""

    resume = models.ForeignKey(Resume, models.CASCADE, related_name="suggestions")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+")
    matched_text = models.CharField(max_length=200)
    confidence = models.FloatField()
    is_accepted = models.BooleanField(default=False)

    objects = ResumeSuggestionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["resume", "skill"], name="skills_suggested_once"),
            models.CheckConstraint(condition=models.Q(confidence__range=(0, 1)), name="skills_confidence_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} in {self.resume_id}"
