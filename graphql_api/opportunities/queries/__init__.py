"""Questions about opportunities."""

from graphql_api.opportunities.queries.opportunities import OpportunityQueries
from graphql_api.opportunities.queries.recommendations import RecommendationQueries

#: The classes whose fields become root fields of queries.
QUERIES = (OpportunityQueries, RecommendationQueries)

__all__ = ["QUERIES"]
