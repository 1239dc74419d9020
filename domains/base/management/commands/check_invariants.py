"""`manage.py check_invariants`: checks the invariants of all domains."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from domains.base import audit


class Command(BaseCommand):
    """Changes nothing, and may run beside a live server; its exit status is 1 if an invariant is broken."""

    help = "Looks whether what must always hold, holds: after a crash, a restore, or whenever you wonder."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the output format, and whether stored files are checked."""
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--files",
            action=argparse.BooleanOptionalAction,
            default=None,
            help="look at the stored files too; done by itself where they lie in a folder, since S3 bills each list",
        )

    def handle(self, *_args: Any, json: bool, files: bool | None, **_options: Any) -> None:
        """Check, print the result, and exit with 1 if an invariant is broken."""
        began = time.monotonic()
        results = audit.check_invariants(with_files=_are_files_local() if files is None else files)
        seconds = round(time.monotonic() - began, 2)
        self.stdout.write(_format_json(results, seconds) if json else _format_lines(results, seconds))
        if not all(result.holds for result in results):
            sys.exit(1)


def _are_files_local() -> bool:
    # `default_storage` is a proxy of the storage in the settings.
    return isinstance(default_storage, FileSystemStorage)


def _format_lines(results: Sequence[audit.CheckResult], seconds: float) -> str:
    broken = sum(not result.holds for result in results)
    outcome = f"{broken} of {len(results)} do not hold" if broken else f"all {len(results)} hold"
    return "\n".join([*map(_format_line, results), f"{outcome}, in {seconds} s"])


def _format_line(result: audit.CheckResult) -> str:
    name, violations = result.invariant.name, result.violations
    if result.holds:
        return f"ok      {name}"
    examples = ", ".join(map(str, violations.examples))
    more = ", …" if violations.count > len(violations.examples) else ""
    return (
        f"BROKEN  {name}: {violations.count} {violations.noun} ({examples}{more}). Must be: {result.invariant.promise}"
    )


def _format_json(results: Sequence[audit.CheckResult], seconds: float) -> str:
    document = {
        "holds": all(result.holds for result in results),
        "looked_at": timezone.now().isoformat(),
        "seconds": seconds,
        "invariants": [
            {
                "name": result.invariant.name,
                "promise": result.invariant.promise,
                "holds": result.holds,
                "how_many": result.violations.count,
                "of": result.violations.noun,
                "examples": result.violations.examples,
            }
            for result in results
        ],
    }
    return json.dumps(document, indent=2)
