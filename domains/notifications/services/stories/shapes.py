"""What a story is: a thing that happens elsewhere, told to those it concerns, and written to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import date

from domains.notifications.models import Notification
from domains.notifications.services.letters import Letter


@dataclass(frozen=True)
class Story:
    """How it is told, given the row that it is about, and the mail that it makes; None where that row is gone."""

    tell: Callable[[int], None]
    letter: Callable[[Notification], Letter | None]


def source_of(notification: Notification) -> int:
    """Return the key of the row that the story of a notification is about."""
    return int(notification.key.split(":")[1])


def in_words(moment: datetime) -> str:
    """Return a time as the mails write it."""
    return f"{date(moment, 'j F Y, H:i')} UTC"
