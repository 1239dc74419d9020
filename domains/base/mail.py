"""Mails that facts lead to: each is sent once, although a fact may be told more than once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.core.mail import send_mail
from django.template.loader import render_to_string

from domains.base.addresses import address_key

logger = logging.getLogger(__name__)

#: Far longer than the relay goes on repeating a fact.
REMEMBERED_FOR = timedelta(days=7)


def send_once(
    key: str,
    *,
    template: str,
    subject: str,
    to: str,
    context: Mapping[str, object],
    remembered_for: timedelta = REMEMBERED_FOR,
) -> None:
    """Send `{template}.txt` and `.html` to one address, unless a mail with this key was sent before.

    The key is remembered before the mail is sent and taken back when sending fails, so that the task
    tries again; a repeat that comes while the first is still being sent does nothing. The memory is the
    cache, and no more than that: a process that dies between remembering and sending loses the mail, and
    a cache that forgets (flushed, evicted, restarted with the embedded server) lets a repeat through.
    """
    note = f"mail:{key}"
    memory = _remember(note, remembered_for)
    if memory is None:
        return
    everything = {**context, "community": settings.PUBLIC_URL}
    try:
        send_mail(
            " ".join(subject.split()),
            render_to_string(f"{template}.txt", everything),
            None,
            [address_key(to)],
            html_message=render_to_string(f"{template}.html", everything),
        )
    except Exception:
        memory.delete(note)
        raise


def _remember(note: str, remembered_for: timedelta) -> BaseCache | None:
    """Return the cache that holds the note from now on, or None if it was there already."""
    memory: BaseCache = caches["default"]
    try:
        new = memory.add(note, 1, timeout=remembered_for.total_seconds())
    except Exception as error:  # noqa: BLE001 # whatever the shared cache fails with
        logger.warning("the shared cache is down, mails are remembered here: %r", error)
        memory = caches["local"]
        new = memory.add(note, 1, timeout=remembered_for.total_seconds())
    return memory if new else None
