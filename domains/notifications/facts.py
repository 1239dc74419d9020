"""Facts about notifications."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class PeopleNotified(Fact):
    """People were notified; `shown_to` are the users who have it in their list; mails or pushes may be due."""

    shown_to: list[int]
    has_mail: bool
    has_push: bool
