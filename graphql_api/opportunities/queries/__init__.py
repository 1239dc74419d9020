"""Questions about opportunities and hosts."""

from graphql_api.opportunities.queries.hosts import HostQueries
from graphql_api.opportunities.queries.opportunities import OpportunityQueries

#: The classes whose fields become root fields of queries.
QUERIES = (OpportunityQueries, HostQueries)

__all__ = ["QUERIES"]
