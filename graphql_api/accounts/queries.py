"""Queries of accounts."""

from __future__ import annotations

import strawberry
import strawberry_django
from strawberry_django.optimizer import optimize

from domains.accounts import models
from domains.accounts.providers.clients import list_configured
from graphql_api.accounts.types import LogInProvider, User
from graphql_api.context import Info, signed_in


@strawberry.type
class AccountQueries:
    """Root query fields of accounts."""

    @strawberry_django.field(
        graphql_type=User | None,
        description="The authenticated user. Needs a login: without one it is null, with an error.",
    )
    def me(self, info: Info) -> models.User:
        """Return the viewer, read again with the selected fields."""
        viewer = signed_in(info)
        return optimize(models.User.objects.filter(pk=viewer.pk), info=info).get()

    @strawberry.field(
        description="Providers with whose account users can log in here, to show a button for each; it may be empty."
    )
    def log_in_providers(self) -> list[LogInProvider]:
        """Return the providers that the environment names."""
        return list_configured()
