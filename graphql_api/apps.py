"""The GraphQL door."""

from django.apps import AppConfig


class GraphQLConfig(AppConfig):
    """Django's name for the door; it has no tables."""

    name = "graphql_api"
