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
        verdicts = audit.look(with_files=_lie_in_a_folder() if files is None else files)
        seconds = round(time.monotonic() - began, 2)
        self.stdout.write(_document(verdicts, seconds) if json else _lines(verdicts, seconds))
        if not all(verdict.holds for verdict in verdicts):
            sys.exit(1)


def _lie_in_a_folder() -> bool:
    # `default_storage` is a proxy of the storage in the settings.
    return isinstance(default_storage, FileSystemStorage)


def _lines(verdicts: Sequence[audit.Verdict], seconds: float) -> str:
    broken = sum(not verdict.holds for verdict in verdicts)
    outcome = f"{broken} of {len(verdicts)} do not hold" if broken else f"all {len(verdicts)} hold"
    return "\n".join([*map(_line, verdicts), f"{outcome}, in {seconds} s"])


def _line(verdict: audit.Verdict) -> str:
    name, found = verdict.invariant.name, verdict.found
    if verdict.holds:
        return f"ok      {name}"
    examples = ", ".join(map(str, found.examples))
    more = ", …" if found.how_many > len(found.examples) else ""
    return f"BROKEN  {name}: {found.how_many} {found.of} ({examples}{more}). Must be: {verdict.invariant.promise}"


def _document(verdicts: Sequence[audit.Verdict], seconds: float) -> str:
    document = {
        "holds": all(verdict.holds for verdict in verdicts),
        "looked_at": timezone.now().isoformat(),
        "seconds": seconds,
        "invariants": [
            {
                "name": verdict.invariant.name,
                "promise": verdict.invariant.promise,
                "holds": verdict.holds,
                "how_many": verdict.found.how_many,
                "of": verdict.found.of,
                "examples": verdict.found.examples,
            }
            for verdict in verdicts
        ],
    }
    return json.dumps(document, indent=2)
