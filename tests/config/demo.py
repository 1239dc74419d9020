"""Loading the demo community, as an operator does."""

from __future__ import annotations

import io

from django.core.management import call_command


def load() -> str:
    """Load it, and return what the command prints."""
    out = io.StringIO()
    call_command("load_demo", "--even-in-production", stdout=out)
    return out.getvalue()
