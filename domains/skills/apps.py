"""Skills, people's skills, and resumes."""

from django.apps import AppConfig


class SkillsConfig(AppConfig):
    """Django's name for the domain."""

    name = "domains.skills"
    label = "skills"
