"""Organisations, what they offer volunteers, and who applied; listings found elsewhere on the web."""

from __future__ import annotations

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

from domains.accounts.models import User, validate_zip_code
from domains.skills.models import Skill

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class MembershipRole(models.TextChoices):
    """What a member may do: an owner everything, a coordinator run opportunities, a scanner check in."""

    OWNER = "OWNER"
    COORDINATOR = "COORDINATOR"
    SCANNER = "SCANNER"


class OpportunityStatus(models.TextChoices):
    """DRAFT is the host's own; OPEN takes applications; CLOSED and CANCELLED stay to be read."""

    DRAFT = "DRAFT"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class OpportunityKind(models.TextChoices):
    """SIGN_UP holds a place here; EXPRESS_INTEREST starts a talk; EXTERNAL is applied for at its source."""

    SIGN_UP = "SIGN_UP"
    EXPRESS_INTEREST = "EXPRESS_INTEREST"
    EXTERNAL = "EXTERNAL"


class SourceKind(models.TextChoices):
    """How listings are read from a source."""

    STRUCTURED_DATA = "STRUCTURED_DATA"
    ICALENDAR = "ICALENDAR"


class ApplicationStatus(models.TextChoices):
    """Where an application stands; the moves between them are in `transitions.py`."""

    APPLIED = "APPLIED"
    SHORTLISTED = "SHORTLISTED"
    WAITLISTED = "WAITLISTED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


#: Statuses of an application that is still going somewhere: one of these per person and role.
LIVE_STATUSES = ("APPLIED", "SHORTLISTED", "WAITLISTED", "OFFERED", "ACCEPTED", "COMPLETED")
#: Statuses that take one of the role's places.
PLACE_STATUSES = ("ACCEPTED", "OFFERED", "COMPLETED")
#: Roles of members who run a host's opportunities.
MANAGING_ROLES = ("OWNER", "COORDINATOR")


class Cause(models.Model):
    """What an opportunity is good for, such as animals or literacy."""

    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="opportunities_cause_name_ci")]

    def __str__(self) -> str:
        return self.name


class OpportunityHost(models.Model):
    """An organisation that offers opportunities."""

    organization_name = models.CharField(max_length=200, validators=[MinLengthValidator(2)])
    website = models.URLField(blank=True)
    description = models.TextField(max_length=5000, blank=True)
    zip_code = models.CharField(max_length=5, blank=True, validators=[validate_zip_code])
    is_verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    if TYPE_CHECKING:
        memberships: RelatedManager[HostMembership]
        opportunities: RelatedManager[Opportunity]

    class Meta:
        verbose_name = "host"

    def __str__(self) -> str:
        return self.organization_name


class HostMembership(models.Model):
    """A person's part in a host; an invitation until `accepted_at` is set."""

    host = models.ForeignKey(OpportunityHost, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="host_memberships"
    )
    email = models.EmailField()
    role = TextChoicesField(choices_enum=MembershipRole, default=MembershipRole.COORDINATOR)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("host", Lower("email"), name="opportunities_member_email_once"),
            models.UniqueConstraint(fields=["host", "user"], name="opportunities_member_once"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(user__isnull=False),
                name="opportunities_accepted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} at {self.host_id} as {self.role}"


class Source(models.Model):
    """A place on the web that listings are read from."""

    name = models.CharField(max_length=200)
    kind = TextChoicesField(choices_enum=SourceKind)
    url = models.URLField(max_length=500)
    last_run_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    if TYPE_CHECKING:
        listings: RelatedManager[Listing]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "url"], name="opportunities_source_once")]

    def __str__(self) -> str:
        return self.name


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    """Opportunities, as people see them."""

    def visible_to(self, viewer: User | None) -> OpportunityQuerySet:
        """Whatever was published; drafts only for those who run the host, and staff."""
        published = ~Q(status=OpportunityStatus.DRAFT)
        if viewer is None:
            return self.filter(published)
        if viewer.is_staff:
            return self
        return self.filter(published | Q(host__in=hosts_run_by(viewer)))


def hosts_run_by(user: User) -> models.QuerySet[HostMembership, int]:
    """Return the ids of the hosts whose opportunities this person runs, as a subquery."""
    return HostMembership.objects.filter(user=user, accepted_at__isnull=False, role__in=MANAGING_ROLES).values_list(
        "host_id", flat=True
    )


class Opportunity(models.Model):
    """A chance to volunteer: at some place or remotely, at some time, in one or more roles."""

    host = models.ForeignKey(OpportunityHost, models.CASCADE, null=True, blank=True, related_name="opportunities")
    kind = TextChoicesField(choices_enum=OpportunityKind, default=OpportunityKind.SIGN_UP)
    status = TextChoicesField(choices_enum=OpportunityStatus, default=OpportunityStatus.DRAFT)
    title = models.CharField(max_length=200, validators=[MinLengthValidator(3)])
    description = models.TextField(validators=[MinLengthValidator(10), MaxLengthValidator(5000)])
    impact_statement = models.TextField(max_length=1000, blank=True)
    start_date = models.DateTimeField()
    end_date = models.DateTimeField()
    location_text = models.CharField(max_length=300, blank=True)
    location_zip = models.CharField(max_length=5, blank=True, validators=[validate_zip_code])
    latitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    is_remote = models.BooleanField(default=False)
    causes = models.ManyToManyField(Cause, blank=True, related_name="opportunities")
    closed_reason = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OpportunityQuerySet.as_manager()

    if TYPE_CHECKING:
        roles: RelatedManager[Role]
        listing: Listing

    class Meta:
        verbose_name_plural = "opportunities"
        indexes: ClassVar = [
            models.Index(fields=["status", "start_date", "id"], name="opportunities_by_start"),
            models.Index(fields=["status", "created_at", "id"], name="opportunities_by_creation"),
            models.Index(fields=["status", "location_zip"], name="opportunities_by_zip"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="opportunities_dates_in_order"),
            models.CheckConstraint(
                condition=Q(host__isnull=False) | Q(kind="EXTERNAL"), name="opportunities_hosted_or_external"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="opportunities_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Listing(models.Model):
    """Where a crawled opportunity was found, and when it was last seen there."""

    opportunity = models.OneToOneField(Opportunity, models.CASCADE, primary_key=True, related_name="listing")
    source = models.ForeignKey(Source, models.CASCADE, related_name="listings")
    external_id = models.CharField(max_length=300)
    url = models.URLField(max_length=500, blank=True)
    organization_name = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    missed_runs = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_id"], name="opportunities_listing_once")
        ]

    def __str__(self) -> str:
        return f"{self.external_id} at {self.source_id}"


class Role(models.Model):
    """A part that volunteers play in an opportunity, with a number of places."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="roles")
    title = models.CharField(max_length=200, validators=[MinLengthValidator(3)])
    description = models.TextField(max_length=5000, blank=True)
    slots_available = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    #: ACCEPTED + OFFERED + COMPLETED, counted under the lock of this row.
    slots_taken = models.PositiveIntegerField(default=0, editable=False)
    requires_approval = models.BooleanField(default=True)

    if TYPE_CHECKING:
        role_skills: RelatedManager[RoleSkill]
        applications: RelatedManager[Application]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(slots_available__gte=1), name="opportunities_role_has_slots"),
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
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "skill"], name="opportunities_role_skill_once"),
            models.CheckConstraint(
                condition=Q(is_required=True) | Q(is_developed=True), name="opportunities_role_skill_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} in {self.role_id}"


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications, as people see them."""

    def visible_to(self, viewer: User | None) -> ApplicationQuerySet:
        """One's own, and those for the opportunities one runs; staff see all."""
        if viewer is None:
            return self.none()
        if viewer.is_staff:
            return self
        return self.filter(Q(volunteer=viewer) | Q(role__opportunity__host__in=hosts_run_by(viewer)))


class Application(models.Model):
    """A volunteer's wish for a place in a role."""

    role = models.ForeignKey(Role, models.PROTECT, related_name="applications")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="applications")
    status = TextChoicesField(choices_enum=ApplicationStatus, default=ApplicationStatus.APPLIED)
    cover_letter = models.TextField(max_length=5000, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)
    waitlisted_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    if TYPE_CHECKING:
        history: RelatedManager[ApplicationHistory]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["role", "status", "waitlisted_at"], name="opportunities_waiting_line"),
            models.Index(fields=["volunteer", "submitted_at", "id"], name="opportunities_my_applications"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["role", "volunteer"],
                condition=Q(status__in=LIVE_STATUSES),
                name="opportunities_one_live_application",
            ),
            models.CheckConstraint(
                condition=~Q(status="OFFERED") | Q(offer_expires_at__isnull=False),
                name="opportunities_offer_has_deadline",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} for {self.role_id}: {self.status}"


class ApplicationHistory(models.Model):
    """One move of an application; written in the transaction of the move, never changed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="history")
    from_status = TextChoicesField(choices_enum=ApplicationStatus, null=True, blank=True)
    to_status = TextChoicesField(choices_enum=ApplicationStatus)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "application history"
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.from_status} to {self.to_status}"
