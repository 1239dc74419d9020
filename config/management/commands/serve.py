"""`manage.py serve`: runs the server with the settings from the environment."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config import server
from config.migrations import migrate
from domains.skills.services import is_taxonomy_empty, load_starter_skills


class Command(BaseCommand):
    """Migrates and serves."""

    help = "Brings the database up to date and serves until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address to listen on."""
        parser.add_argument("--host", default=settings.HOST, help="the address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="the port to listen on (PORT)")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Run it."""
        server.enable_line_buffering()
        server.check_port(host=host, port=port)
        server.check_database()
        server.check_redis()
        migrate()
        if is_taxonomy_empty():
            load_starter_skills()
        for warning in server.find_warnings():
            self.stderr.write(f"Warning: {warning}")
        self.stdout.write(f"MishMob serves on http://{host}:{port}.")
        server.run(host=host, port=port)
