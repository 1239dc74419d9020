"""The Django app of the GraphQL API."""

from django.apps import AppConfig


class GraphQLConfig(AppConfig):
    """Configuration of the app; it has no tables."""

    name = "graphql_api"
