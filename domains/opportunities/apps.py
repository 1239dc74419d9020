"""Hosts, opportunities and applications."""

from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.opportunities"
    label = "opportunities"
