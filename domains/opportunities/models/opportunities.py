"""Opportunities that organizations offer, their roles, and the skills of the roles."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
)
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import ProfileField, User, field_is_shown_to
from domains.geo.fields import ZipCodeField
from domains.learning.models import Course
from domains.opportunities.models.choices import OpportunityKind, OpportunityStatus
from domains.opportunities.models.hosts import OpportunityHost, hosts_run_by
from domains.skills.models import Skill

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


#: Opportunities with slots here that take applications; `accepting_applications` adds that they are not over. Matching
#: reads only these, so its indexes hold only these: neither past opportunities, nor the many listings of other sites.
ACCEPTS_APPLICATIONS = Q(status=OpportunityStatus.OPEN) & ~Q(kind=OpportunityKind.EXTERNAL)


#: Maximum number of slots of a role, and of an event: more are a typing error.
MAX_SLOTS = 100_000


class CauseQuerySet(models.QuerySet["Cause"]):
    """Causes, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> CauseQuerySet:  # noqa: ARG002 - causes are public
        """Return all causes: everybody sees every cause."""
        return self


class Cause(models.Model):
    """What an opportunity is good for, such as animals or literacy."""

    name = models.CharField(max_length=80)

    objects = CauseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="opportunities_cause_name_ci")]

    def __str__(self) -> str:
        return self.name


class PreferredCauseQuerySet(models.QuerySet["PreferredCause"]):
    """Causes that people prefer, as others see them."""

    def visible_to(self, viewer: User | None) -> PreferredCauseQuerySet:
        """Return those that people show the viewer."""
        return self.filter(field_is_shown_to(viewer, ProfileField.CAUSES))


class PreferredCause(models.Model):
    """A cause that a person would like to volunteer for; a part of the profile that this domain keeps."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferred_causes")
    cause = models.ForeignKey(Cause, models.CASCADE, related_name="preferred_by")

    objects = PreferredCauseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "cause"], name="opportunities_cause_preferred_once")
        ]

    def __str__(self) -> str:
        return f"{self.cause_id} preferred by {self.user_id}"


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    """Opportunities, filtered by viewer."""

    def visible_to(self, viewer: User | None) -> OpportunityQuerySet:
        """Return published ones; the host's managers and staff who may view opportunities also see drafts.

        Applicants still see one that was taken down, as part of their applications.
        """
        is_shown = ~Q(status=OpportunityStatus.DRAFT) & Q(taken_down_at__isnull=True)
        if viewer is None:
            return self.filter(is_shown)
        if viewer.has_right("opportunities.view_opportunity"):
            return self
        applied_for = Role.objects.filter(applications__volunteer=viewer).values("opportunity")
        is_theirs = Q(taken_down_at__isnull=False, pk__in=applied_for)
        return self.filter(is_shown | is_theirs | Q(host__in=hosts_run_by(viewer)))

    def accepting_applications(self, now: datetime) -> OpportunityQuerySet:
        """Return those that are open, not over, and not EXTERNAL."""
        return self.filter(ACCEPTS_APPLICATIONS, end_date__gt=now)


class Opportunity(models.Model):
    """A chance to volunteer: at a location or remotely, at some time, in one or more roles."""

    host = models.ForeignKey(OpportunityHost, models.CASCADE, null=True, blank=True, related_name="opportunities")
    kind = TextChoicesField(choices_enum=OpportunityKind, default=OpportunityKind.SIGN_UP)
    status = TextChoicesField(choices_enum=OpportunityStatus, default=OpportunityStatus.DRAFT)
    title = models.CharField(max_length=200, validators=[MinLengthValidator(3)])
    description = models.TextField(validators=[MinLengthValidator(10), MaxLengthValidator(5000)])
    impact_statement = models.TextField(max_length=1000, blank=True)
    start_date = models.DateTimeField()
    end_date = models.DateTimeField()
    location_text = models.CharField(max_length=300, blank=True)
    location_zip = ZipCodeField()
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    is_remote = models.BooleanField(default=False)
    causes = models.ManyToManyField(Cause, blank=True, related_name="opportunities")
    closed_reason = models.CharField(max_length=500, blank=True)
    #: Time staff took it down; since then only the host, staff and earlier applicants see it.
    taken_down_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OpportunityQuerySet.as_manager()

    if TYPE_CHECKING:
        roles: RelatedManager[Role]

    class Meta:
        verbose_name_plural = "opportunities"
        indexes: ClassVar = [
            models.Index(fields=["status", "start_date", "id"], name="opportunities_by_start"),
            models.Index(fields=["status", "created_at", "id"], name="opportunities_by_creation"),
            models.Index(fields=["status", "location_zip"], name="opportunities_by_zip"),
            # The United States lie from east to west more than from south to north, so the longitude narrows more.
            # It includes the end and the id, so that nearby opportunities are read from the index alone.
            models.Index(
                fields=["longitude", "latitude", "end_date", "id"],
                condition=ACCEPTS_APPLICATIONS,
                name="opportunities_open_by_place",
            ),
            models.Index(fields=["created_at", "id"], condition=ACCEPTS_APPLICATIONS, name="opportunities_open_by_age"),
            models.Index(
                fields=["created_at", "id"],
                condition=ACCEPTS_APPLICATIONS & Q(is_remote=True),
                name="opportunities_open_remote",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                # A crawled listing may have only a start; opportunities written here also have a later end.
                condition=Q(end_date__gt=F("start_date")) | Q(end_date=F("start_date"), kind="EXTERNAL"),
                name="opportunities_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(host__isnull=False) | Q(kind="EXTERNAL"), name="opportunities_hosted_or_external"
            ),
            models.CheckConstraint(
                condition=Q(taken_down_at__isnull=True) | ~Q(status=OpportunityStatus.OPEN),
                name="opportunities_taken_down_take_nobody",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="opportunities_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Role(models.Model):
    """A role of volunteers in an opportunity, with a number of slots."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="roles")
    title = models.CharField(max_length=200, validators=[MinLengthValidator(3)])
    description = models.TextField(max_length=5000, blank=True)
    slots_available = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MAX_SLOTS, f"Offer at most {MAX_SLOTS:,} slots.")]
    )
    #: ACCEPTED + OFFERED + COMPLETED, counted under the lock of this row.
    slots_taken = models.PositiveIntegerField(default=0, editable=False)
    requires_approval = models.BooleanField(default=True)
    required_courses = models.ManyToManyField(Course, blank=True, related_name="roles")
    #: VerificationKinds that a volunteer must hold.
    required_verifications = models.JSONField(default=list, blank=True)

    if TYPE_CHECKING:
        role_skills: RelatedManager[RoleSkill]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(slots_available__range=(1, MAX_SLOTS)), name="opportunities_role_has_slots"
            ),
            models.CheckConstraint(
                condition=Q(slots_taken__lte=F("slots_available")), name="opportunities_never_oversold"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RoleSkill(models.Model):
    """A skill that a role requires, develops, or both."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="role_skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="role_skills")
    is_required = models.BooleanField(default=False)
    is_developed = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["skill", "role"], name="opportunities_roles_by_skill")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "skill"], name="opportunities_role_skill_once"),
            models.CheckConstraint(
                condition=Q(is_required=True) | Q(is_developed=True), name="opportunities_role_skill_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} in {self.role_id}"
