"""The wiring: at the start it registers the domains' listeners, invariants and what they hold about people."""

import logging
from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.conf import settings

logger = logging.getLogger("mishmob")


class ConfigConfig(AppConfig):
    """Django's name for the wiring."""

    name = "config"

    def ready(self) -> None:
        """Import each domain's listeners, so that they get the facts, the domains nearest to their source first.

        Also import its invariants, so that `manage.py check_invariants` finds them, and what it holds about people.
        """
        for app in reversed(list(apps.get_app_configs())):
            for room in ("listeners", "invariants", "personal_data"):
                if app.name.startswith("domains.") and find_spec(f"{app.name}.{room}"):
                    import_module(f"{app.name}.{room}")
        if settings.LOG_IN_STAND_INS:
            logger.warning("LOG_IN_STAND_INS ARE SET: they say who somebody is. Only tests want that.")
        if not settings.RATE_LIMITS:
            logger.warning("RATE_LIMITS IS OFF: anybody may guess passwords here. Only benchmarks want that.")
