"""What can have happened to notifications."""

from dataclasses import dataclass

from domains.base.bus import Fact


@dataclass(frozen=True)
class PeopleNotified(Fact):
    """People were told something; `shown_to` are those in whose list it is, and mails or pushes of it may be due."""

    shown_to: list[int]
    has_mail: bool
    has_push: bool
