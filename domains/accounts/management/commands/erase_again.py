"""Erases people once more who are back from a backup."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from domains.accounts import services

ACCOUNT = re.compile(r"\d{1,18}-\d{1,12}", re.ASCII)


class Command(BaseCommand):
    """`manage.py erase_again 17-1767326645`: for accounts that are back from a backup, as the log names them."""

    help = (
        "Erases accounts once more that were erased after the backup was made. The log has a line "
        "`account NUMBER-SECOND was erased` for each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the numbers of the accounts."""
        parser.add_argument("accounts", nargs="+", metavar="NUMBER-SECOND", help="Accounts, as the log names them.")

    def handle(self, *_: Any, accounts: list[str], **__: Any) -> None:
        """Erase each, and say which were not: they are not there, or will be tried again."""
        if wrong := [account for account in accounts if not ACCOUNT.fullmatch(account)]:
            raise CommandError(f"No account of the log: {', '.join(wrong)}. They look like 17-1767326645.")
        for account in accounts:
            is_done = services.erase_again(account=account)
            self.stdout.write(f"{account}: {'erased' if is_done else 'not there, or not erased yet: see the log'}")
