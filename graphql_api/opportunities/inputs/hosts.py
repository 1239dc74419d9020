"""What the acts on organisations take."""

from __future__ import annotations

import strawberry


@strawberry.input(description="What `createHost` takes.")
class CreateHostInput:
    """A new organisation."""

    organization_name: str = strawberry.field(description="2 to 200 characters.")
    website: str = strawberry.field(description="Its address on the web, with https://.", default="")
    description: str = strawberry.field(description="What it does, at most 5,000 characters.", default="")
    zip_code: str = strawberry.field(description="Five digits.", default="")
