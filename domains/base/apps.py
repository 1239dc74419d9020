"""The floor: errors, the fact bus and the live broadcasts; it knows no domain."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Django's name for the floor."""

    name = "domains.base"
    label = "base"
    verbose_name = "Outbox"
