"""Conversations and messages."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.messaging"
    label = "messaging"
