"""Admin of hosts, their opportunities and applications, and of crawled listings and their sources.

Applications are read-only here: their moves are counted in the roles, so only the services make them.
So are the values that volunteers rely on, once an opportunity is published: its host changes them, and all volunteers
with a slot are notified. Staff can take the opportunity down.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from domains.base.admin import AddressForm, ReadOnlyAdmin, ReadOnlyInline, RowsInline, TableAdmin, count_column
from domains.base.errors import Refused
from domains.base.locks import refuse_when_busy
from domains.opportunities import services
from domains.opportunities.models import (
    Application,
    ApplicationHistory,
    Cause,
    ErasedHours,
    HostMembership,
    HoursEntry,
    Listing,
    Opportunity,
    OpportunityChange,
    OpportunityHost,
    OpportunityStatus,
    PreferredCause,
    Role,
    RoleSkill,
    ServiceRecord,
    Source,
)
from domains.opportunities.services.announcements import NOTIFIED_COLUMNS


@admin.register(Cause)
class CauseAdmin(TableAdmin):
    """Causes."""

    list_display = ("name", count_column("opportunities", Opportunity.causes.through, "cause"))
    list_filter = ("opportunities__status",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(PreferredCause)
class PreferredCauseAdmin(TableAdmin):
    """Causes that people prefer."""

    list_display = ("user", "cause")
    list_filter = ("cause",)
    list_select_related = ("user", "cause")
    search_fields = ("user__email", "user__display_name", "cause__name")
    autocomplete_fields = ("user", "cause")
    ordering = ("-id",)


class HostMembershipInline(RowsInline):
    """Members and invitations of the host."""

    model = HostMembership
    form = AddressForm
    fk_name = "host"
    autocomplete_fields = ("user", "invited_by")


@admin.register(OpportunityHost)
class OpportunityHostAdmin(TableAdmin):
    """Organizations."""

    list_display = (
        "organization_name",
        "zip_code",
        "is_verified",
        count_column("opportunities", Opportunity, "host"),
        count_column("members", HostMembership, "host"),
        "created_at",
    )
    list_filter = ("is_verified", "created_at")
    search_fields = ("organization_name", "description", "zip_code", "website")
    ordering = ("organization_name",)
    inlines: ClassVar = [HostMembershipInline]


@admin.register(HostMembership)
class HostMembershipAdmin(TableAdmin):
    """Members and invitations of all hosts."""

    form = AddressForm
    list_display = ("email", "user", "host", "role", "accepted_at")
    list_filter = ("role", ("accepted_at", admin.EmptyFieldListFilter))
    search_fields = ("email", "user__display_name", "host__organization_name")
    autocomplete_fields = ("host", "user", "invited_by")


@admin.register(Source)
class SourceAdmin(TableAdmin):
    """Websites that listings are crawled from."""

    list_display = ("name", "kind", "url", count_column("listings", Listing, "source"), "last_run_at")
    list_filter = ("kind", "last_run_at")
    search_fields = ("name", "url")
    ordering = ("name",)


#: Read-only always, because services set them: whether it takes applications, and why not.
ALWAYS_READ_ONLY = ("status", "closed_reason")
#: Read-only once it is published, because volunteers rely on them.
READ_ONLY_ONCE_PUBLISHED = (*ALWAYS_READ_ONLY, "kind", "host", *NOTIFIED_COLUMNS, "latitude", "longitude")
READ_ONLY_ROLE_COLUMNS = ("opportunity", "slots_available", "requires_approval")


class RoleInline(RowsInline):
    """The roles of the opportunity; their skills are on their own pages."""

    model = Role
    fields = ("title", "slots_available", "slots_taken", "requires_approval")
    readonly_fields = ("slots_taken",)
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Opportunity | None = None) -> Any:
        """Return the read-only fields: once it is published, also the slots."""
        return (
            super().get_readonly_fields(request, obj)
            if _is_draft(obj)
            else ("slots_taken", *READ_ONLY_ROLE_COLUMNS[1:])
        )

    def has_add_permission(self, request: HttpRequest, obj: Opportunity | None = None) -> bool:
        """Allow adding roles to drafts only."""
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Opportunity | None = None) -> bool:
        """Allow deleting roles of drafts only."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)


@admin.register(Opportunity)
class OpportunityAdmin(TableAdmin):
    """Opportunities of any status."""

    list_display = (
        "title",
        "host",
        "kind",
        "status",
        "start_date",
        "location_zip",
        "is_remote",
        count_column("roles", Role, "opportunity"),
        count_column("applications", Application, "role__opportunity"),
    )
    list_filter = (
        "status",
        ("taken_down_at", admin.EmptyFieldListFilter),
        "kind",
        "is_remote",
        "start_date",
        "causes",
    )
    search_fields = ("title", "description", "host__organization_name", "location_zip")
    autocomplete_fields = ("host", "causes", "created_by")
    readonly_fields = ("created_at", "updated_at", "taken_down_at")
    ordering = ("-start_date",)
    inlines: ClassVar = [RoleInline]
    actions = ("take_down",)

    def get_readonly_fields(self, request: HttpRequest, obj: Opportunity | None = None) -> Any:
        """Return the read-only fields: the status always, and `READ_ONLY_ONCE_PUBLISHED` once it is published."""
        read_only = ALWAYS_READ_ONLY if _is_draft(obj) else READ_ONLY_ONCE_PUBLISHED
        return (*super().get_readonly_fields(request, obj), *read_only)

    def has_delete_permission(self, request: HttpRequest, obj: Opportunity | None = None) -> bool:
        """Allow deleting drafts; published ones are taken down, so that volunteers with a slot are notified."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    @admin.action(description="Take down, and tell those who applied", permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Opportunity]) -> None:
        """Take down the chosen opportunities; for those that cannot be taken down, show why."""
        for opportunity in queryset.order_by("pk"):
            try:
                with refuse_when_busy():
                    services.take_down_opportunity(opportunity_id=opportunity.pk)
            except Refused as refusal:
                why = " ".join(problem.message for problem in refusal.problems)
                self.message_user(request, f"{opportunity}: {why}", messages.WARNING)
            else:
                self.log_change(request, opportunity, "Taken down.")
                self.message_user(request, f"{opportunity}: taken down.")


def _is_draft(opportunity: Opportunity | None) -> bool:
    """Return whether the opportunity is a draft or not stored yet."""
    return opportunity is None or opportunity.status == OpportunityStatus.DRAFT


@admin.register(OpportunityChange)
class OpportunityChangeAdmin(ReadOnlyAdmin):
    """Changes to values that volunteers rely on."""

    list_display = ("opportunity", "actor", "at")
    list_filter = ("at",)
    search_fields = ("opportunity__title", "actor__email")


@admin.register(Listing)
class ListingAdmin(TableAdmin):
    """Crawled listings."""

    list_display = ("opportunity", "organization_name", "source", "last_seen_at", "missed_runs")
    list_filter = ("source", "missed_runs", "last_seen_at")
    search_fields = ("opportunity__title", "organization_name", "external_id", "url")
    autocomplete_fields = ("opportunity", "source")
    ordering = ("-last_seen_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Listing | None = None) -> bool:  # noqa: ARG002 - nobody may
        """Forbid deleting: a listing and its source stay; harmful opportunities are taken down."""
        return False


class RoleSkillInline(RowsInline):
    """The skills that the role requires or develops."""

    model = RoleSkill
    autocomplete_fields = ("skill",)


@admin.register(Role)
class RoleAdmin(TableAdmin):
    """Roles, and how full they are."""

    list_display = (
        "title",
        "opportunity",
        "slots_taken",
        "slots_available",
        "requires_approval",
        count_column("applications", Application, "role"),
    )
    list_filter = ("requires_approval", "opportunity__status", "opportunity__start_date")
    search_fields = ("title", "opportunity__title", "opportunity__host__organization_name")
    autocomplete_fields = ("opportunity",)
    readonly_fields = ("slots_taken",)
    inlines: ClassVar = [RoleSkillInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Role | None = None) -> Any:
        """Return the read-only fields: once it is published, also the slots."""
        fixed = () if obj is None or _is_draft(obj.opportunity) else READ_ONLY_ROLE_COLUMNS
        return (*super().get_readonly_fields(request, obj), *fixed)

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """Allow deleting roles of drafts only; other roles keep their slots and applications."""
        return obj is not None and _is_draft(obj.opportunity) and super().has_delete_permission(request, obj)


@admin.register(RoleSkill)
class RoleSkillAdmin(TableAdmin):
    """Skills that roles require or develop."""

    list_display = ("skill", "role", "is_required", "is_developed")
    list_filter = ("is_required", "is_developed", "skill__category")
    search_fields = ("skill__name", "role__title")
    autocomplete_fields = ("role", "skill")


class ApplicationHistoryInline(ReadOnlyInline):
    """History of the application."""

    model = ApplicationHistory
    fields = ("from_status", "to_status", "actor", "reason", "overrides", "at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch the actors' names in the same query."""
        return super().get_queryset(request).select_related("actor")


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """Applications with their status."""

    list_display = (
        "volunteer",
        "role",
        "role__opportunity",
        "status",
        "submitted_at",
        count_column("moves", ApplicationHistory, "application"),
    )
    list_filter = ("status", "submitted_at")
    list_select_related = ("role__opportunity",)
    search_fields = ("volunteer__email", "volunteer__display_name", "role__title", "role__opportunity__title")
    inlines: ClassVar = [ApplicationHistoryInline]


@admin.register(ApplicationHistory)
class ApplicationHistoryAdmin(ReadOnlyAdmin):
    """Every move of every application."""

    list_display = ("application", "volunteer", "from_status", "to_status", "actor", "at")
    list_filter = ("to_status", "at")
    list_select_related = ("application__volunteer",)
    search_fields = ("application__volunteer__email", "actor__email", "reason")

    @admin.display(ordering="application__volunteer__display_name")
    def volunteer(self, move: ApplicationHistory) -> str:
        """Return the name of the volunteer who applied."""
        return str(move.application.volunteer)


@admin.register(HoursEntry)
class HoursEntryAdmin(ReadOnlyAdmin):
    """The hours that volunteers logged, and the hosts' reviews."""

    list_display = ("volunteer", "application__role", "started_at", "ended_at", "status", "corrects_id", "reviewed_by")
    list_filter = ("status", "started_at", "reviewed_at")
    list_select_related = ("application__role",)
    search_fields = ("volunteer__email", "volunteer__display_name", "application__role__title")


@admin.register(ErasedHours)
class ErasedHoursAdmin(ReadOnlyAdmin):
    """The hours of erased accounts, which stay in the sums of hosts."""

    list_display = ("host", "month", "seconds")
    list_filter = ("month",)
    search_fields = ("host__organization_name",)
    ordering = ("-month", "host")


@admin.register(ServiceRecord)
class ServiceRecordAdmin(ReadOnlyAdmin):
    """Records of service without their codes and contents, which only the volunteer shares."""

    list_display = ("volunteer", "since", "until", "created_at", "revoked_at")
    list_filter = ("created_at", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("volunteer__email", "volunteer__display_name")
    fields = ("volunteer", "since", "until", "created_at", "revoked_at")
