"""What files are called: shown cleaned, and never a path."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from domains.skills.models import Resume
from tests.graphql_api.uploader import Uploader
from tests.multipart import file, request
from tests.shared_data import need_shared_data

pytestmark = pytest.mark.django_db

HOSTILE = {
    b"../../x": "x",
    b"..\\..\\x.pdf": "x.pdf",
    b"/etc/passwd": "passwd",
    b"C:\\Users\\me\\cv.pdf": "cv.pdf",
    b"a.php%00.jpg": "a.php%00.jpg",
    b"a\x00.pdf": "a.pdf",
    "cv\u202efdp.exe".encode(): "cvfdp.exe",
    "\u200b\u2060cv.pdf".encode(): "cv.pdf",
    "a\u2028b\u2029.pdf".encode(): "ab.pdf",
    "\uff0e\uff0e\uff0fcv.pdf".encode(): "cv.pdf",
    "\u2100/\u2105".encode(): "o",
    "\u3164".encode(): "file",
    b". . .": "file",
    b"&#46;&#46;&#47;cv.pdf": "cv.pdf",
    b"&#x202e;cv.pdf": "cv.pdf",
    "l\u0065\u0301on.pdf".encode(): "l\u00e9on.pdf",
    b"x" * 800: "x" * 100,
    b"x" * 4_000: "x" * 100,
    b"x." + b"y" * 800: None,
    ("\U0001f600" * 180).encode(): "\U0001f600" * 100,
    ("a." + "\U0001f600" * 120).encode(): None,
    b"<script>alert(1)</script>": "script>",
    b'cv".pdf': None,
    b"cv.pdf; name=operations": "cv.pdf; name=operations",
}


@pytest.mark.parametrize("large", [False, True], ids=["in memory", "on disk"])
@pytest.mark.parametrize(("name", "shown"), HOSTILE.items(), ids=ascii)
def test_a_hostile_name_is_shown_cleaned_and_never_a_path(
    uploader: Uploader, empty_folder: Path, monkeypatch: pytest.MonkeyPatch, name: bytes, shown: str | None, large: bool
) -> None:
    made: list[str] = []
    real = tempfile.NamedTemporaryFile

    def noted(*args: Any, **kwargs: Any) -> Any:
        made.append(kwargs.get("suffix", ""))
        return real(*args, **kwargs)

    monkeypatch.setattr("django.core.files.temp.NamedTemporaryFile", noted)
    resume = uploader.resume(request(file(b"First aid. " * (250_000 if large else 1), name=name)))
    assert made == ([".upload"] if large else [])
    if shown is not None:
        assert resume.original_name == shown
    assert 0 < len(resume.original_name) <= 100
    assert not set(resume.original_name) & set("/\\\x00\u202e\u200b")
    folder, _, key = str(resume.file.name).partition("/")
    assert folder == Resume.FOLDER
    assert len(bytes.fromhex(key)) == 20


@pytest.mark.parametrize("system", ["linux", "microsoft"])
def test_names_that_break_file_systems_break_nothing_here(uploader: Uploader, system: str, settings: Any) -> None:
    settings.RATE_LIMITS = False
    names = (need_shared_data() / "attacks" / "text" / f"fuzzdb_invalid-filenames-{system}.txt").read_bytes()
    taken = 0
    for name in names.splitlines():
        response = uploader.send(request(file(name=name)))
        assert response.status_code in {200, 400}, (name, response.content)
        if response.status_code == 200:
            assert response.json()["data"]["uploadResume"]["originalName"].strip(), name
            taken += 1
    assert taken >= 2
