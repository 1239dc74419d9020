"""What the community has verified about people."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.verification"
    label = "verification"
