"""What the documentation names exists: files, commands and libraries."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
#: What the recipes invent.
INVENTED = {
    "domains/messaging/services/pin_message.py",
    "tests/domains/messaging/test_pin_message.py",
    "crawlers/spiders/town_feed.py",
    "test_send_message.py",
}
PAGES = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/dependencies.md", "docs/roadmap.md"]


def words_in(page: str) -> set[str]:
    """Return what stands between single backticks."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(), flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`]+)`", text))


@pytest.fixture(scope="module")
def tracked() -> set[str]:
    """The files of the project, and their folders with a slash at the end."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    files = [path for path in listed.stdout.splitlines() if (ROOT / path).is_file()]
    return {*files, *(f"{folder}/" for path in files for folder in Path(path).parents)}


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str, tracked: set[str]) -> None:
    rooms = {path.partition("/")[0] for path in tracked if "/" in path}
    for word in words_in(page) - INVENTED:
        if not re.fullmatch(r"[\w./-]+", word):
            continue
        if word.partition("/")[0] in rooms and "/" in word:
            assert word in tracked or f"{word}/" in tracked, word
        elif word.endswith(".py"):
            assert any(path.endswith(f"/{word}") or path == word for path in tracked), word


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_there(page: str) -> None:
    text = (ROOT / page).read_text()
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if "//" not in link and not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/dependencies.md"])
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|&& |=\w+ )make ([a-z-]+)", (ROOT / page).read_text(), re.MULTILINE))
    assert named <= targets


def test_every_library_has_its_line_and_every_line_its_library() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text()
    described = {
        re.sub(r" \(.*", "", name)
        for row in re.findall(r"^\| (?!library|---)([^|]+) \|", text, re.MULTILINE)
        for name in re.split(r", (?![^(]*\))", row)
    }
    required = {
        re.split(r"[\[<>=; ]", line)[0]
        for file in ("runtime.in", "dev.in")
        for line in (ROOT / "requirements" / file).read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    }
    assert described == required
