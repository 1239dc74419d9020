"""Somebody who sends files."""

from __future__ import annotations

from typing import Any

from django.test import Client

from domains.accounts import tokens
from domains.accounts.models import Session, User
from domains.skills.models import Resume
from tests.factories import UserFactory
from tests.multipart import MULTIPART


class Uploader:
    """Somebody who is signed in and sends whatever they like."""

    def __init__(self) -> None:
        self.user: User = UserFactory()
        session = Session.objects.create(user=self.user)
        self.token = tokens.issue_tokens(session).access_token

    def send(self, content: bytes, content_type: str = MULTIPART, **headers: str) -> Any:
        """Return the answer; a header with no value is left out."""
        given = {"Authorization": f"Bearer {self.token}", "X-Requested-With": "tests", **headers}
        kept = {name: value for name, value in given.items() if value}
        return Client().generic("POST", "/graphql/", content, content_type=content_type, headers=kept)

    def resume(self, content: bytes) -> Resume:
        """Send what must succeed; return what is stored."""
        answer = self.send(content).json()
        assert answer["data"]["uploadResume"]["__typename"] == "Resume", answer
        return Resume.objects.get(user=self.user)
