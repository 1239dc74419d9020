"""What is held about volunteers and members of hosts, for exports and for erasures."""

from __future__ import annotations

from django.db.models import Q

from domains.base.personal_data import PersonalRows, erases, prepares_erasure, register
from domains.opportunities.models import (
    Application,
    ApplicationHistory,
    HostMembership,
    HoursEntry,
    Opportunity,
    OpportunityChange,
    PreferredCause,
    ServiceRecord,
)
from domains.opportunities.services import erase_volunteer, leave_hosts, withdraw_applications

OTHERS = "It is about somebody else, who gets it in their own export."
OPPORTUNITY, HOST = "role__opportunity__title", "role__opportunity__host__organization_name"

register(
    PersonalRows(
        HostMembership,
        "user",
        "memberships",
        ("host__organization_name", "email", "role", "invited_at", "accepted_at", "created_at"),
    ),
    PersonalRows(
        HostMembership,
        "email",
        "invitations",
        ("host__organization_name", "role", "invited_at", "accepted_at"),
        by_email=True,
        only=Q(user__isnull=True),
    ),
    PersonalRows(HostMembership, "invited_by", reason=OTHERS),
    PersonalRows(PreferredCause, "user", "preferred_causes", ("cause__name",)),
    PersonalRows(
        Opportunity,
        "created_by",
        "opportunities",
        ("title", "description", "impact_statement", "status", "start_date", "end_date", "location_text", "created_at"),
    ),
    PersonalRows(OpportunityChange, "actor", "opportunity_changes", ("opportunity__title", "before", "after", "at")),
    PersonalRows(
        Application,
        "volunteer",
        "applications",
        (HOST, OPPORTUNITY, "role__title", "status", "cover_letter", "submitted_at", "waitlisted_at"),
    ),
    PersonalRows(
        ApplicationHistory,
        "application__volunteer",
        "application_history",
        (f"application__{OPPORTUNITY}", "application__role__title", "from_status", "to_status", "reason", "at"),
    ),
    PersonalRows(ApplicationHistory, "actor", reason=OTHERS),
    PersonalRows(
        HoursEntry,
        "volunteer",
        "hours",
        (
            f"application__{HOST}",
            f"application__{OPPORTUNITY}",
            "started_at",
            "ended_at",
            "seconds",
            "status",
            "note",
            "proposed_started_at",
            "proposed_ended_at",
            "submitted_at",
            "reviewed_at",
            "review_note",
        ),
    ),
    PersonalRows(HoursEntry, "reviewed_by", reason=OTHERS),
    PersonalRows(
        ServiceRecord,
        "volunteer",
        "service_records",
        ("code", "since", "until", "approved_seconds", "token", "created_at", "revoked_at"),
    ),
)

prepares_erasure(withdraw_applications)
prepares_erasure(leave_hosts)
erases(erase_volunteer)
