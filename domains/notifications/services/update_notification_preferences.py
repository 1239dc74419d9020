"""Changing the channels by which a person gets notifications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from django.db import transaction

from domains.accounts.models import User
from domains.base import rates
from domains.base.errors import Code, Problem, Refused
from domains.notifications.models import NotificationKind, Preference
from domains.notifications.policies import DEFAULT_CHANNELS, Channels
from domains.notifications.selectors import find_preferences

RATE_LIMIT, RATE_SECONDS = 60, 60


@dataclass(frozen=True)
class PreferenceChange:
    """Changes for one kind; None leaves a channel unchanged."""

    kind: NotificationKind
    in_app: bool | None = None
    email: bool | None = None
    digest: bool | None = None
    push: bool | None = None


def update_notification_preferences(
    *, actor: User, changes: Sequence[PreferenceChange]
) -> dict[NotificationKind, Channels]:
    """The actor gets these kinds by the given channels; returns the channels of every kind.

    Waiting mails are sent only if they are still wanted. Refuses with REQUIRED (nothing is to change), TOO_LONG
    (more than there are kinds), INVALID (a kind is given twice; then nothing changes) and RATE_LIMITED.
    """
    if not changes:
        raise Refused.because(Code.REQUIRED, "Name the kinds to change.", "preferences")
    if len(changes) > len(NotificationKind):
        raise Refused.because(Code.TOO_LONG, f"Name each of the {len(NotificationKind)} kinds once.", "preferences")
    times = Counter(change.kind for change in changes)
    problems = [
        Problem(Code.INVALID, f"{change.kind.value} is there more than once.", f"preferences.{number}.kind")
        for number, change in enumerate(changes)
        if times[change.kind] > 1
    ]
    if problems:
        raise Refused(*problems)
    rates.spend(what="update_preferences", key=str(actor.pk), limit=RATE_LIMIT, seconds=RATE_SECONDS)
    return change_channels(
        user_id=actor.pk,
        changes={
            change.kind: {name: value for name, value in asdict(change).items() if name != "kind" and value is not None}
            for change in changes
        },
    )


@transaction.atomic
def change_channels(
    *, user_id: int, changes: Mapping[NotificationKind, Mapping[str, bool]]
) -> dict[NotificationKind, Channels]:
    """The person has these channels; rows exist only for kinds that differ from the defaults. A system act."""
    # Lock the person, so that changes run one at a time.
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    channels = find_preferences(user_id=user_id)
    for kind, change in changes.items():
        channels[kind] = replace(channels[kind], **change)
    Preference.objects.filter(user=user_id, kind__in=list(changes)).delete()
    Preference.objects.bulk_create(
        Preference(user_id=user_id, kind=kind, **asdict(channels[kind]))
        for kind in changes
        if channels[kind] != DEFAULT_CHANNELS[kind]
    )
    return channels
