"""Reports of content, and what staff make of them."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.moderation"
    label = "moderation"
