"""Courses and enrolments."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.learning"
    label = "learning"
