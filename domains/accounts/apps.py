"""People and their sessions."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.accounts"
    label = "accounts"
