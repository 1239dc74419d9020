"""GraphQL types of hosts, opportunities, roles, applications and hours."""

from graphql_api.opportunities.types.hosts import (
    HostMembership,
    MembershipRole,
    OpportunityHost,
    OpportunityStatus,
)
from graphql_api.opportunities.types.hours import HostImpact, HoursEntry, HoursStatus, Impact, ServiceRecord
from graphql_api.opportunities.types.opportunities import (
    Application,
    ApplicationDecision,
    ApplicationStatus,
    Cause,
    Opportunity,
    OpportunityKind,
    Role,
)
