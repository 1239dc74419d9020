"""What is told, by the name that begins the keys of its notifications."""

from __future__ import annotations

from domains.notifications.models import Notification
from domains.notifications.services.letters import Letter
from domains.notifications.services.stories import applications, changes, hours, messages
from domains.notifications.services.stories.shapes import Story, plain_letter

STORIES: dict[str, Story] = {
    "application_received": Story(applications.tell_received, applications.letter_received),
    "place_confirmed": Story(applications.tell_place_confirmed, applications.letter_decided),
    "application_decided": Story(applications.tell_decided, applications.letter_decided),
    "accepted_anyway": Story(applications.tell_accepted_anyway, plain_letter),
    "place_changed": Story(applications.tell_place_changed, applications.letter_place_changed),
    "opportunity_changed": Story(changes.tell_changed, changes.letter_changed),
    "opportunity_cancelled": Story(changes.tell_cancelled, changes.letter_cancelled),
    "hours_reviewed": Story(hours.tell_reviewed, hours.letter_reviewed),
}


def tell_story(*, story: str, source_id: int) -> None:
    """Those whom it concerns are told, once each, however often this is called. A system act."""
    STORIES[story].tell(source_id)


def letter_of(notification: Notification) -> Letter | None:
    """Return the mail about a notification, or None where there is nothing to write about any more."""
    name = notification.key.partition(":")[0]
    if name == messages.NAME:
        return messages.letter(notification)
    if name in STORIES:
        return STORIES[name].letter(notification)
    return plain_letter(notification)
