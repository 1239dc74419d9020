"""Organizations, their opportunities, applications and hours; listings crawled from other websites."""

from __future__ import annotations

from domains.opportunities.models.applications import (
    Application,
    ApplicationHistory,
    ApplicationQuerySet,
)
from domains.opportunities.models.changes import (
    Change,
    OpportunityChange,
)
from domains.opportunities.models.choices import (
    LIVE_APPLICATION_STATUSES,
    MANAGING_ROLES,
    SLOT_HOLDING_STATUSES,
    WORKING_STATUSES,
    ApplicationStatus,
    HoursStatus,
    MembershipRole,
    OpportunityKind,
    OpportunityStatus,
    SourceKind,
)
from domains.opportunities.models.erased_hours import ErasedHours
from domains.opportunities.models.hosts import (
    HostMembership,
    HostMembershipQuerySet,
    OpportunityHost,
    hosts_joined_by,
    hosts_owned_by,
    hosts_run_by,
    register_use_of_host,
)
from domains.opportunities.models.hours import (
    HoursEntry,
    HoursEntryQuerySet,
    ServiceRecord,
    ServiceRecordQuerySet,
    Stay,
)
from domains.opportunities.models.listings import (
    Listing,
    Source,
)
from domains.opportunities.models.opportunities import (
    MAX_SLOTS,
    Cause,
    Opportunity,
    OpportunityQuerySet,
    PreferredCause,
    Role,
    RoleSkill,
)
