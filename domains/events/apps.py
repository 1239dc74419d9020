"""Events, tickets and check-in."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.events"
    label = "events"
