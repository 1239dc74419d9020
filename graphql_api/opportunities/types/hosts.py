"""Organisations as the API shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry_django
from strawberry import relay

from domains.opportunities import models


@strawberry_django.type(models.OpportunityHost, description="An organisation that offers opportunities.")
class OpportunityHost(relay.Node):
    """A host."""

    organization_name: str = strawberry_django.field(description="The organisation's name.")
    website: str = strawberry_django.field(description="Its website; empty if none was given.")
    description: str = strawberry_django.field(description="What it does; empty if it does not say.")
    zip_code: str = strawberry_django.field(description="The ZIP code of its office; empty if it does not say.")
    is_verified: bool = strawberry_django.field(description="Whether the community verified it.")
    created_at: datetime = strawberry_django.field(description="When it joined.")
