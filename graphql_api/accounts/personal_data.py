"""A copy of the data about a user, and the end of an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.accounts import models
from domains.accounts import selectors as accounts
from graphql_api.context import Info, viewer_of
from graphql_api.relay.enums import describe
from graphql_api.relay.rows import row_of

describe(
    models.DataExportStatus,
    description="Progress of an export of a user's data.",
    values={
        "PENDING": "The server is making it.",
        "READY": "It can be downloaded from `url` until `expiresAt`.",
        "FAILED": "It could not be made. `requestDataExport` tries again.",
        "EXPIRED": "It was removed after seven days. `requestDataExport` makes a new one.",
    },
)
DataExportStatus = models.DataExportStatus


@strawberry.input(description="Input of `deleteAccount`.")
class DeleteAccountInput:
    """The password, and what may stay."""

    password: str = strawberry.field(
        description="Password of the account. An account without one (`User.hasPassword`) needs a login that is less "
        "than 5 minutes old instead; then send an empty string.",
        default="",
    )
    keep_service_records: bool = strawberry.field(
        description="Whether the signed service records of the user remain readable for everybody who has their code. "
        "Otherwise their pages say that they were revoked.",
        default=False,
    )


@strawberry.type(description="The account was deleted. This cannot be undone.")
class DeleteAccountReceipt:
    """The end of an account."""

    erased_at: datetime = strawberry.field(
        description="Time at which the account was closed and hidden from everybody. Its data is erased from the "
        "database and the storage within minutes after it."
    )


@strawberry_django.type(
    models.DataExport,
    description="Export of everything that is stored about a user: a ZIP archive of JSON lists and of the files that "
    "the user uploaded. Only that user sees it.",
)
class DataExport(relay.Node):
    """An export, as its owner sees it."""

    status: DataExportStatus = strawberry_django.field(description="Progress of the export.")
    created_at: datetime = strawberry_django.field(description="Time of the request.")
    expires_at: datetime | None = strawberry_django.field(
        description="Time at which the archive is removed, seven days after it was made; null until it is READY."
    )

    @strawberry_django.field(
        description="Absolute URL of the archive, which works without a login and expires within five minutes; ask for "
        "a new one then. Null unless `status` is READY.",
        only=["status", "expires_at"],
    )
    async def url(self) -> str | None:
        """Return a link for now."""
        return accounts.export_url(export=row_of(self, models.DataExport))

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.DataExport]:
        """Show users their own exports only."""
        return models.DataExportQuerySet.visible_to(queryset, viewer_of(info))
