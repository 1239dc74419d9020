"""The keys that were mailed."""

from __future__ import annotations

import re

from django.core import mail

KEY = re.compile(r"\?key=(\S+)")


def last_key(to: str) -> str:
    """Return the last key that was mailed to the address."""
    found = [KEY.search(str(message.body)) for message in mail.outbox if message.to == [to]]
    return [match[1] for match in found if match][-1]


def subjects_to(address: str) -> list[str]:
    """Return the subjects of the mails to the address, oldest first."""
    return [str(message.subject) for message in mail.outbox if message.to == [address]]
