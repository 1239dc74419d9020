"""Questions about opportunities."""

from graphql_api.opportunities.queries.opportunities import OpportunityQueries

#: The classes whose fields become root fields of queries.
QUERIES = (OpportunityQueries,)

__all__ = ["QUERIES"]
