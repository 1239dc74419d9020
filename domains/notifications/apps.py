"""What people are told."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.notifications"
    label = "notifications"
