"""Queries of opportunities, hosts and recommendations."""

from graphql_api.opportunities.queries.hosts import HostQueries
from graphql_api.opportunities.queries.opportunities import OpportunityQueries
from graphql_api.opportunities.queries.recommendations import RecommendationQueries

#: The classes whose fields become root fields of queries.
QUERIES = (OpportunityQueries, HostQueries, RecommendationQueries)
