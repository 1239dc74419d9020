"""Queries of events."""

from graphql_api.events.queries.events import EventQueries

#: The classes whose fields become root fields of queries.
QUERIES = (EventQueries,)
