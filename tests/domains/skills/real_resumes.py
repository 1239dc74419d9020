"""How well the skills of real resumes are found, with the taxonomy that is there."""

from __future__ import annotations

from domains.skills.management.commands.evaluate_resumes import figures
from domains.skills.services.evaluate_resumes import evaluate_resumes, read_labels
from domains.skills.services.taxonomy_matcher import get_matcher
from tests.shared_data import need_shared_data


def check_real_resumes(floors: dict[str, float]) -> None:
    """Assert that each figure is at least its floor, and that the unreadable files have their reasons."""
    get_matcher()
    files = sorted((need_shared_data() / "resumes").iterdir())
    results = evaluate_resumes(files=files, labels=read_labels())
    assert [result.name for result in results] == [path.name for path in files], "each sample has its labels"
    assert {result.name: result.failure for result in results if result.failure} == {
        "derived_scanned_image_only.pdf": "NO_TEXT",
        "jsonresume_sample.json": "UNSUPPORTED_TYPE",
    }
    total = figures(results)
    surest = total["bands"][-1]
    total["surest"] = surest["right"] / surest["found"]
    assert surest["from"] == 0.9
    for figure, floor in floors.items():
        assert total[figure] >= floor, figure
