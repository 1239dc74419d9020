"""The page about messaging says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from graphql import parse, validate

from domains.base.pictures.picture_program import MAX_ANIMATION_PIXELS, MAX_FRAMES, MAX_PIXELS
from domains.messaging import tokens
from domains.messaging.policies import EDIT_WINDOW
from domains.messaging.services.react_to_message import MAX_EMOJI
from domains.messaging.services.remove_attachments import UNSENT_RETENTION
from domains.messaging.services.send_message import MAX_FILES
from domains.messaging.services.set_typing import MIN_INTERVAL_SECONDS
from domains.messaging.services.start_conversation import MAX_PARTICIPANTS
from domains.messaging.services.upload_attachment import MAX_FILE_BYTES, MAX_UNSENT_FILES
from domains.messaging.services.wording import MAX_CONTENT_LENGTH, MAX_TITLE_LENGTH
from graphql_api.checks.texts import MAX_QUERY_CHARACTERS, MAX_WORDS
from graphql_api.edge import consumers
from graphql_api.edge.frames import MAX_FRAME
from graphql_api.edge.operations import MAX_SUBSCRIPTIONS
from graphql_api.live import close_codes, outbound
from graphql_api.messaging.types import MAX_EVENTS
from graphql_api.schema import schema

PAGE = Path(settings.BASE_DIR, "docs", "messaging.md").read_text(encoding="utf-8")
MILLION = 1_000_000


@pytest.mark.parametrize(
    "words",
    [
        f"groups of up to {MAX_PARTICIPANTS}",
        f"{MAX_EVENTS} rows at a time",
        f"1 to {MAX_CONTENT_LENGTH:,} characters",
        f"within {EDIT_WINDOW.total_seconds() / 60:.0f} minutes",
        f"at most {MAX_EMOJI} different ones",
        f"Up to {MAX_UNSENT_FILES} wait at a time",
        f"up to {MAX_FILES} come with one message",
        f"At most {MAX_PIXELS / MILLION:.0f} million pixels",
        f"{MAX_FRAMES} frames and {MAX_ANIMATION_PIXELS / MILLION:.0f} million pixels in all",
        f"{MAX_FILE_BYTES // (1024 * 1024)} MB at the most",
        f"good for {tokens.LINK_LIFETIME_SECONDS // 60} minutes",
        f"At most one sign in {MIN_INTERVAL_SECONDS} seconds",
        f"up to {MAX_TITLE_LENGTH} characters",
        f"| {close_codes.SLOW} | more than {outbound.MAX_EVENTS} events or {outbound.MAX_BYTES // 1024**2} MiB waited",
        f"more than {MAX_FRAME // 1024} KiB",
        f"up to {MAX_SUBSCRIPTIONS} operations at a time",
        f"up to {consumers.MAX_SOCKETS} sockets at each server process",
        f"none within {consumers.INIT_TIMEOUT.seconds} s",
        f"a query of up to {MAX_QUERY_CHARACTERS} characters holds 1 to {MAX_WORDS} words",
    ],
)
def test_the_figures_are_those_of_the_code(words: str) -> None:
    assert words in " ".join(PAGE.split())
    assert UNSENT_RETENTION.days == 1, "sent with a message within a day"


@pytest.mark.parametrize("document", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL))
def test_the_examples_are_served(document: str) -> None:
    assert validate(schema._schema, parse(document)) == []
