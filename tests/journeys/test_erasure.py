"""Somebody deletes an account on a running server: afterwards the disk has not one word of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leaving_story import LeavingStory
from tests.live_server import LiveServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    server = LiveServer(
        "erasure",
        DATABASE_URL=f"sqlite:///{tmp_path / 'live.sqlite3'}",
        STORAGE_URL=f"file://{tmp_path / 'media'}",
        EMAIL_URL=f"filemail://{tmp_path / 'mail'}",
    )
    server.fill(demo=True)
    server.start()
    yield server
    server.kill()


def files_of(server: LiveServer, folder: Path) -> list[Path]:
    """Return the database with its log, what is stored, and what the server has logged; mails are the recipients'."""
    return [*folder.glob("live.sqlite3*"), *(one for one in (folder / "media").rglob("*") if one.is_file()), server.log]


def test_not_a_word_is_left_on_the_disk(server: LiveServer, tmp_path: Path) -> None:
    story = LeavingStory(server)
    assert len(story.canaries) > 80
    before = story.found_in(files_of(server, tmp_path))
    assert {name.partition("-")[0] for name in before} >= {"live.sqlite3"}, "the looking works"
    copy = story.take_a_copy()
    assert copy.testzip() is None
    assert story.canaries[-1].encode() in copy.read("messages.json")
    story.leave()
    assert story.found_in(files_of(server, tmp_path)) == {}
    assert not list((tmp_path / "media" / "exports").iterdir())
    farewell = [mail.read_text() for mail in (tmp_path / "mail").iterdir() if story.email in mail.read_text()]
    assert any("Your account was deleted" in mail for mail in farewell)
