"""`manage.py print_schema`: writes the files for frontends: the schema, and the list of its types without an id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from graphql import GraphQLObjectType

from graphql_api.schema import schema

SCHEMA = Path(__file__).resolve().parents[2] / "schema.graphql"
KEYS = Path(settings.BASE_DIR, "web", "clients", "graphcache_keys.ts")
HEAD = """/** The types without an id, for the `keys` of urql's `cacheExchange`. `make schema` writes it. */

export const keys = {
"""


def printed() -> Iterator[tuple[Path, str]]:
    """Yield the path and the expected content of each file."""
    yield SCHEMA, schema.as_str() + "\n"
    yield KEYS, HEAD + "".join(f"  {name}: () => null,\n" for name in keyless_types()) + "}\n"


def keyless_types() -> list[str]:
    """Return the object types without an `id`, which a cache stores inside their parent object."""
    core = schema._schema
    roots = {core.query_type, core.mutation_type, core.subscription_type}
    objects = [kind for kind in core.type_map.values() if isinstance(kind, GraphQLObjectType) and kind not in roots]
    return sorted(kind.name for kind in objects if "id" not in kind.fields and not kind.name.startswith("__"))


class Command(BaseCommand):
    """Prints the schema, including the development login."""

    help = "Writes graphql_api/schema.graphql and web/clients/graphcache_keys.ts; with --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true", help="fail if a file is not up to date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write the files, or compare them with `--check`."""
        if not settings.DEV_LOG_IN:
            raise CommandError("Set DEBUG=true: the printed schema holds what development adds.")
        for path, text in printed():
            if not check:
                path.write_text(text)
            elif not path.exists() or path.read_text() != text:
                raise CommandError(f"{path.relative_to(settings.BASE_DIR)} is out of date: run `make schema`.")
