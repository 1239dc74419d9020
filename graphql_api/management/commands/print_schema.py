"""`manage.py print_schema`: writes the schema as frontends see it into `graphql_api/schema.graphql`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from graphql_api.schema import schema

PRINTED = Path(__file__).resolve().parents[2] / "schema.graphql"


class Command(BaseCommand):
    """Prints the schema, with the log-in for development."""

    help = "Writes graphql_api/schema.graphql; with --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true", help="fail if the file is not up to date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or compare."""
        if not settings.DEV_LOG_IN:
            raise CommandError("Set DEBUG=true: the printed schema holds what development adds.")
        printed = schema.as_str() + "\n"
        if not check:
            PRINTED.write_text(printed)
        elif not PRINTED.exists() or PRINTED.read_text() != printed:
            raise CommandError("graphql_api/schema.graphql is out of date: run `make schema`.")
