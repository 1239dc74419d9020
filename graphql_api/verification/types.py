"""GraphQL enums of verifications."""

from __future__ import annotations

from domains.verification import models
from graphql_api.relay.enums import describe

describe(
    models.VerificationKind,
    description="Kind of verification that a person can have. This API cannot request verifications yet; staff record "
    "them.",
    values={
        "IDENTITY": "The person is who they say they are.",
        "BACKGROUND_CHECK": "A background check found nothing against the person.",
    },
)
VerificationKind = models.VerificationKind
