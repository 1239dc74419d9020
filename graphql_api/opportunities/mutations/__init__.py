"""Mutations of hosts, opportunities, applications and hours."""

from graphql_api.opportunities.mutations.applications import ApplicationMutations
from graphql_api.opportunities.mutations.hosts import HostMutations
from graphql_api.opportunities.mutations.hours import HoursMutations
from graphql_api.opportunities.mutations.opportunities import OpportunityMutations

#: The classes whose fields become root fields of mutations.
MUTATIONS = (HostMutations, OpportunityMutations, ApplicationMutations, HoursMutations)
