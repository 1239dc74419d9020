"""Queries of accounts."""

from __future__ import annotations

import strawberry
import strawberry_django
from strawberry_django.optimizer import optimize

from domains.accounts import models
from graphql_api.accounts.types import User
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
