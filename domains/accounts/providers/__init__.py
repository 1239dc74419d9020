"""Logging in with the account of another provider: what it says about a person, proved by django-allauth's means."""
