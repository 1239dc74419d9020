"""Erases people once more who are back from a backup."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from domains.accounts import services


class Command(BaseCommand):
    """`manage.py erase_again 17 23`: after a backup was restored, for each account that the log says was erased."""

    help = (
        "Erases accounts once more that were erased after the backup was made. The log has a line "
        "`account NUMBER was erased` for each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the numbers of the accounts."""
        parser.add_argument("numbers", nargs="+", type=int, help="Numbers of the accounts.")

    def handle(self, *_: Any, numbers: list[int], **__: Any) -> None:
        """Erase each, and say which are not done yet."""
        for number in numbers:
            is_done = services.erase_again(user_id=number)
            self.stdout.write(f"{number}: {'erased' if is_done else 'failed, and will be tried again'}")
