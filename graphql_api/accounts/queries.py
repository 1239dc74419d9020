"""Questions about accounts."""

from __future__ import annotations

import strawberry
import strawberry_django
from strawberry_django.optimizer import optimize

from domains.accounts import models
from graphql_api.accounts.types import User
from graphql_api.context import Info, signed_in


@strawberry.type
class AccountQueries:
    """The root fields of accounts."""

    @strawberry_django.field(description="You. Needs a login: without one it is null, with an error.")
    def me(self, info: Info) -> User | None:
        """Return the viewer, read anew with what was selected."""
        viewer = signed_in(info)
        return optimize(models.User.objects.filter(pk=viewer.pk), info=info).get()  # type: ignore[return-value]
