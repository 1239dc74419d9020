"""`manage.py evaluate_resumes FOLDER`: measures how many skills of sample resumes are found, and how many are right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from domains.skills.models import Skill, SkillAlias
from domains.skills.services.evaluate_resumes import EXPECTED_FILE, FileResult, evaluate_resumes, read_labels
from domains.skills.services.taxonomy_matcher import get_matcher

CONFIDENCE_BANDS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


class Command(BaseCommand):
    """Reads each file like an upload, and compares the skills with the labels."""

    help = "Prints precision and recall of the skills found in the resumes of a folder, against hand-made labels."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the paths of the files, the labels and the results."""
        parser.add_argument("folder", type=Path, help="the folder of resumes")
        parser.add_argument("--expected", type=Path, default=EXPECTED_FILE, help="the labels, as TOML")
        parser.add_argument("--json", type=Path, dest="out", help="write the figures there, too")
        parser.add_argument("--show", action="store_true", help="name what was wrong and what was missed")

    def handle(self, *args: Any, folder: Path, expected: Path, out: Path | None, show: bool, **options: Any) -> None:  # noqa: ARG002 - Django's shape
        """Run it."""
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        files = sorted(path for path in folder.iterdir() if path.is_file())
        begun = perf_counter()
        names = get_matcher().size
        built = perf_counter() - begun
        self.stdout.write(
            f"The taxonomy: {Skill.objects.visible_to(None).count()} skills, {SkillAlias.objects.count()} other names; "
            f"{names} forms, ready in {built:.2f} s."
        )
        results = evaluate_resumes(files=files, labels=read_labels(expected))
        for result in results:
            self._print_result(result, show=show)
        total = figures(results)
        self.stdout.write(
            "In total: precision {precision:.2f}, recall {recall:.2f} of the labels that the taxonomy has "
            "({known} of {labels}; {recall_of_all:.2f} of all); {reasons} of {failures} reasons right; "
            "{seconds:.2f} s a file, at most {slowest:.2f} s.".format(**total)
        )
        for band in total["bands"]:
            self.stdout.write("  confidence {from:.1f} to {to:.1f}: {right} of {found} right".format(**band))
        if out:
            report = {"total": total, "built": built, "files": [asdict(result) for result in results]}
            out.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")

    def _print_result(self, result: FileResult, *, show: bool) -> None:
        if result.failure or result.expected_failure:
            verdict = "as expected" if result.failure == result.expected_failure else f"not {result.expected_failure}"
            self.stdout.write(f"{result.name}: {result.failure or 'read'} ({verdict}), {result.seconds:.2f} s")
            return
        found, labels = len(result.right) + len(result.wrong), result.found_labels + len(result.missed)
        self.stdout.write(
            f"{result.name}: precision {len(result.right)}/{found}, recall {result.found_labels}/{labels} "
            f"(+{len(result.unknown)} that the taxonomy lacks), {result.seconds:.2f} s"
        )
        if show:
            self.stdout.write(f"  wrong: {result.wrong}\n  missed: {result.missed}\n  lacking: {result.unknown}")


def figures(results: Sequence[FileResult]) -> dict[str, Any]:
    """Return the figures of all files together."""
    right = sum(len(result.right) for result in results)
    found = right + sum(len(result.wrong) for result in results)
    found_labels = sum(result.found_labels for result in results)
    known = found_labels + sum(len(result.missed) for result in results)
    labels = known + sum(len(result.unknown) for result in results)
    failing = [result for result in results if result.failure or result.expected_failure]
    finds = [find for result in results for find in result.confidences]
    bands = [
        {"from": low, "to": min(high, 1), "found": len(inside), "right": sum(inside)}
        for low, high in pairwise(CONFIDENCE_BANDS)
        if (inside := [is_right for confidence, is_right in finds if low <= confidence < high])
    ]
    return {
        "files": len(results),
        "precision": right / max(found, 1),
        "recall": found_labels / max(known, 1),
        "recall_of_all": found_labels / max(labels, 1),
        "known": known,
        "labels": labels,
        "failures": len(failing),
        "reasons": sum(result.failure == result.expected_failure for result in failing),
        "seconds": sum(result.seconds for result in results) / max(len(results), 1),
        "slowest": max((result.seconds for result in results), default=0),
        "bands": bands,
    }
