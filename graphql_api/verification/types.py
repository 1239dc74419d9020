"""Verifications as the API shows them."""

from __future__ import annotations

from domains.verification import models
from graphql_api.relay.enums import describe

describe(
    models.VerificationKind,
    description="What the community can verify about a person.",
    values={
        "IDENTITY": "That the person is who they say they are.",
        "BACKGROUND_CHECK": "That a background check found nothing against the person.",
    },
)
VerificationKind = models.VerificationKind
