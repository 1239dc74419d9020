"""Notifications, preferences and deliveries."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.notifications"
    label = "notifications"
