"""Reports of content, and the answers of staff."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.moderation"
    label = "moderation"
