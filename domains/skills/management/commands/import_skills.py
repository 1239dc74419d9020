"""`manage.py import_skills [FILE]`: imports an ESCO or O*NET CSV file, or the starter set without a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from domains.skills.services import import_skills, load_starter_skills
from domains.skills.services.import_skills import ImportSummary
from domains.skills.services.skill_files import UnknownFile, read_skill_file

BAR_WIDTH = 40


class Command(BaseCommand):
    """Imports skills; running it again, after a failure or with a newer file, adds the missing ones."""

    help = "Imports skills from a CSV file of ESCO or O*NET; without FILE the starter set that the project ships."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file."""
        parser.add_argument("file", nargs="?", type=Path, help="the CSV file")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:  # noqa: ARG002 - Django's shape
        """Import, and print the result."""
        if file is None:
            return self._print_summary(load_starter_skills())
        try:
            rows = read_skill_file(file)
        except UnknownFile as problem:
            raise CommandError(str(problem)) from None
        bar = ProgressBar(len(rows)) if sys.stderr.isatty() else None
        return self._print_summary(import_skills(rows=rows, progress=bar))

    def _print_summary(self, summary: ImportSummary) -> None:
        self.stdout.write(
            f"{summary.created} skills created, {summary.updated} updated, {summary.unchanged} unchanged; "
            f"{summary.aliases} other names added."
        )
        for reason, number in summary.skipped.most_common():
            self.stdout.write(f"  skipped {number}: {reason}")


class ProgressBar:
    """A progress bar on the terminal; call it with the number of rows done."""

    def __init__(self, total: int) -> None:
        self.total = total

    def __call__(self, done: int) -> None:
        """Redraw it."""
        filled = BAR_WIDTH * done // max(self.total, 1)
        end = "\n" if done >= self.total else ""
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done} of {self.total}{end}")
        sys.stderr.flush()
