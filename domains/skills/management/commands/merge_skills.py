"""`manage.py merge_skills FROM INTO`: merges two skills, given by their names or their numbers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from domains.base.errors import Refused
from domains.skills.models import Skill, fold
from domains.skills.services import merge_skills


class Command(BaseCommand):
    """Merges the skills; running it again changes nothing."""

    help = "Merges one skill into another: its names, those who have it, and the roles and courses that name it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the two skills."""
        parser.add_argument("skill", metavar="FROM", help="the name or number of the skill that goes")
        parser.add_argument("into", metavar="INTO", help="the name or number of the skill that stays")

    def handle(self, *args: Any, skill: str, into: str, **options: Any) -> None:  # noqa: ARG002 - Django's shape
        """Merge, and print the result."""
        chosen = _find_skill(skill)
        try:
            kept = merge_skills(skill_id=chosen.pk, into_id=_find_skill(into).pk)
        except Refused as refusal:
            raise CommandError(" ".join(problem.message for problem in refusal.problems)) from None
        self.stdout.write(f"{chosen.name} is {kept.name} now.")


def _find_skill(named: str) -> Skill:
    by_number = Skill.objects.filter(pk=int(named)) if named.isdecimal() and len(named) < 19 else Skill.objects.none()  # noqa: PLR2004 - the digits of a 64-bit number
    found = by_number.first() or Skill.objects.filter(folded_name=fold(named)).first()
    if found is None:
        raise CommandError(f"There is no skill {named!r}.")
    return found
