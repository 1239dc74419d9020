"""The page about notifications says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from graphql import parse, validate

from domains.notifications.errors import NotificationCode
from domains.notifications.models import MailDelivery, PushSubscription
from domains.notifications.policies import DEFAULT_CHANNELS
from domains.notifications.services import send_digests as digests
from domains.notifications.services.mark_notifications_read import MAX_AT_ONCE
from domains.notifications.services.notification_templates.messages import MAIL_DELAY
from domains.notifications.services.remove_old import remove_old
from domains.notifications.services.send_pushes import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS
from graphql_api.schema import schema

PAGE = Path(settings.BASE_DIR, "docs", "notifications.md").read_text(encoding="utf-8")
DIGESTS = digests.__globals__
KEPT = remove_old.__globals__


def test_the_table_of_kinds_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| ([A-Z_]+) \| [^|]+ \| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)
    written = {kind: tuple(word == "yes" for word in words) for kind, *words in rows}
    assert written == {kind: (way.in_app, way.email, way.digest, way.push) for kind, way in DEFAULT_CHANNELS.items()}


@pytest.mark.parametrize("document", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL))
def test_the_examples_are_served(document: str) -> None:
    assert validate(schema._schema, parse(document)) == [], "pasted as a whole, with a name for each operation"


@pytest.mark.parametrize(
    "words",
    [
        f"the mail goes after {MAIL_DELAY.seconds // 60} minutes",
        f"`notificationIds`, {MAX_AT_ONCE} at the most",
        f"A person has {PushSubscription.MAX_PER_PERSON} browsers at the most",
        f"`{NotificationCode.PUSH_IS_OFF}`",
        f"claims one for {MailDelivery.LEASE.seconds // 60} minutes",
        f"parked after {MailDelivery.MAX_ATTEMPTS} tries",
        f"from {DIGESTS['SEND_FROM_HOUR']}:00 UTC on",
        f"in the last {DIGESTS['DIGEST_WINDOW'].days} days",
        f"lists {DIGESTS['MAX_LISTED_NOTIFICATIONS']} and",
        f"with {CONNECT_TIMEOUT_SECONDS} second to connect and {READ_TIMEOUT_SECONDS} to answer",
        f"removed {KEPT['READ_RETENTION'].days} days after they came, all others after {KEPT['RETENTION'].days}",
    ],
)
def test_the_figures_are_those_of_the_code(words: str) -> None:
    assert words in " ".join(PAGE.split())
