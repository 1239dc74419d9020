"""The base of all domains: errors, the fact bus and the live broadcasts; it imports no other domain."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Django's configuration of the base."""

    name = "domains.base"
    label = "base"
    verbose_name = "Outbox"
