"""Load the demo community: invented people, organizations, opportunities and conversations."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.demo import DEMO_LOG_INS, DEMO_PASSWORD
from config.demo.community import Community
from config.demo.load import load_community


class Command(BaseCommand):
    """`manage.py load_demo`: safe to run again; the second run changes nothing."""

    help = "Loads the demo community, once; the dates count from the day of the first load."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch that allows the publicly known accounts in production."""
        parser.add_argument(
            "--even-in-production",
            action="store_true",
            help="load although DEBUG is off: anybody who knows the demo password can then log in, staff included",
        )

    def handle(self, *_args: Any, even_in_production: bool, **_options: Any) -> None:
        """Load, and print what was loaded."""
        if not settings.DEBUG and not even_in_production:
            raise CommandError(
                "DEBUG is off, and load_demo makes accounts with a known password, one of them staff; "
                "give --even-in-production if that is what you want."
            )
        community = load_community(now=timezone.now())
        if community is None:
            self.stdout.write("The demo community is here already; nothing was changed.")
        else:
            self.stdout.write(self.style.SUCCESS(_summary(community)))


def _summary(community: Community) -> str:
    return (
        f"The demo community is here: {len(community.users)} people, {len(community.hosts)} hosts, "
        f"{len(community.opportunities)} opportunities with {len(community.applications)} applications, "
        f"{len(community.events)} events, {len(community.courses)} courses, "
        f"{len(community.conversations)} conversations, {len(community.skills)} skills.\n"
        f"Log in as {', '.join(DEMO_LOG_INS)} with the password {DEMO_PASSWORD}."
    )
