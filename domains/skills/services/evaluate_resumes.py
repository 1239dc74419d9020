"""Evaluation of the matcher: the skills it finds in each resume, compared with the labels of a human reader."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domains.base.file_kinds import FileKind
from domains.skills.extraction.readable import readable_kind
from domains.skills.models import Skill
from domains.skills.services.find_resume_skills import FoundSkills, find_resume_skills
from domains.skills.services.read_file import read_file
from domains.skills.services.taxonomy_matcher import get_matcher

EXPECTED_FILE = Path(__file__).resolve().parents[1] / "data" / "expected_resumes.toml"
Labels = Mapping[str, Mapping[str, Any]]


@dataclass
class FileResult:
    """Result for one file: found and expected skills, or the failure."""

    name: str
    seconds: float = 0
    failure: str = ""
    expected_failure: str = ""
    #: Found skills with a label; found skills without a label; labels of the taxonomy that were not found.
    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    found_labels: int = 0
    #: Labels for which the taxonomy has no skill.
    unknown: list[str] = field(default_factory=list)
    #: For each found skill: its confidence, and whether it was right.
    confidences: list[tuple[float, bool]] = field(default_factory=list)


def read_labels(path: Path = EXPECTED_FILE) -> Labels:
    """Return the labels of each file; `same_as` refers to the labels of another file."""
    content: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: content.get(entry.get("same_as", ""), entry) for name, entry in content.items()}


def evaluate_resumes(*, files: Sequence[Path], labels: Labels) -> list[FileResult]:
    """Return the result for each file that has labels, read and matched as an upload is."""
    known = _Taxonomy()
    get_matcher()  # so that the start of the process is not measured
    return [_evaluate(path, labels[path.name], known) for path in files if path.name in labels]


class _Taxonomy:
    """The taxonomy, for looking up labels."""

    def __init__(self) -> None:
        self.names = dict(Skill.objects.visible_to(None).values_list("pk", "name"))

    def find_by_label(self, label: str) -> set[int]:
        """Return the skills that have one of the label's spellings as a name."""
        spellings = (get_matcher().find_by_name(spelling.strip()) for spelling in label.split("|"))
        return {name.skill_id for spelling in spellings for name in spelling}


def _evaluate(path: Path, expected: Mapping[str, Any], known: _Taxonomy) -> FileResult:
    result = FileResult(path.name, expected_failure=expected.get("failure", ""))
    begun = time.perf_counter()
    content = path.read_bytes()
    kind = readable_kind(content)
    read = read_file(content=content, kind=None if kind == FileKind.ZIP else kind)
    found = FoundSkills(failure=read.failure) if read.failure else find_resume_skills(read.text)
    result.seconds = time.perf_counter() - begun
    result.failure = str(found.failure or "")
    labels = {label: known.find_by_label(label) for label in expected.get("skills", ())}
    meant = {skill_id for skills in labels.values() for skill_id in skills}
    ids = {match.skill_id for match in found.matches}
    for match in found.matches:
        (result.right if match.skill_id in meant else result.wrong).append(known.names[match.skill_id])
        result.confidences.append((match.confidence, match.skill_id in meant))
    for label, skills in labels.items():
        if not skills:
            result.unknown.append(label)
        elif skills.isdisjoint(ids):
            result.missed.append(label)
        else:
            result.found_labels += 1
    return result
