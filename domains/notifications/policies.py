"""Default channels of each kind, and the reasons and topics that mails show."""

from __future__ import annotations

from dataclasses import dataclass

from domains.notifications.models import NotificationKind as Kind


@dataclass(frozen=True)
class Channels:
    """Channels by which a person gets notifications of one kind."""

    in_app: bool = True
    email: bool = False
    #: In the daily mail, if it is unread by then and got no mail of its own.
    digest: bool = False
    push: bool = True

    @property
    def has_any(self) -> bool:
        """Return whether any channel is on."""
        return self.in_app or self.email or self.digest or self.push


IMMEDIATE_MAIL = Channels(email=True)
DEFAULT_CHANNELS: dict[Kind, Channels] = {
    Kind.APPLICATION_RECEIVED: IMMEDIATE_MAIL,
    Kind.APPLICATION_DECIDED: IMMEDIATE_MAIL,
    Kind.OFFER_MADE: IMMEDIATE_MAIL,
    Kind.OPPORTUNITY_CHANGED: IMMEDIATE_MAIL,
    Kind.EVENT_CHANGED: IMMEDIATE_MAIL,
    Kind.TICKET_OFFERED: IMMEDIATE_MAIL,
    Kind.MESSAGE_RECEIVED: Channels(digest=True),
    Kind.HOURS_REVIEWED: IMMEDIATE_MAIL,
    Kind.VERIFICATION_DECIDED: IMMEDIATE_MAIL,
    Kind.CERTIFICATE_ISSUED: Channels(digest=True, push=False),
    Kind.EXPIRY_REMINDER: IMMEDIATE_MAIL,
    Kind.SAVED_SEARCH_DIGEST: Channels(digest=True, push=False),
}
#: The end of the sentence "You get this mail because …".
MAIL_REASONS: dict[Kind, str] = {
    Kind.APPLICATION_RECEIVED: "you run an organization that people apply to",
    Kind.APPLICATION_DECIDED: "something was decided about an application of yours",
    Kind.OFFER_MADE: "a place was offered to you",
    Kind.OPPORTUNITY_CHANGED: "something changed that you applied for",
    Kind.EVENT_CHANGED: "an event that you organize, or have a ticket to, was changed",
    Kind.TICKET_OFFERED: "a ticket was offered to you",
    Kind.MESSAGE_RECEIVED: "somebody wrote to you, and you asked for mails about messages",
    Kind.HOURS_REVIEWED: "hours of yours were recorded or reviewed",
    Kind.VERIFICATION_DECIDED: "your verification was decided",
    Kind.CERTIFICATE_ISSUED: "you finished a course",
    Kind.EXPIRY_REMINDER: "something of yours ends soon",
    Kind.SAVED_SEARCH_DIGEST: "you saved a search",
}
#: What mails of a kind are about, in the words of the pages: "You get no more mails about …".
MAIL_TOPICS: dict[Kind, str] = {
    Kind.APPLICATION_RECEIVED: "applications to your organization",
    Kind.APPLICATION_DECIDED: "decisions about your applications",
    Kind.OFFER_MADE: "places that are offered to you",
    Kind.OPPORTUNITY_CHANGED: "changes of what you applied for",
    Kind.EVENT_CHANGED: "changes to events that you have a ticket to",
    Kind.TICKET_OFFERED: "tickets that are offered to you",
    Kind.MESSAGE_RECEIVED: "new messages",
    Kind.HOURS_REVIEWED: "your hours",
    Kind.VERIFICATION_DECIDED: "decisions about your verification",
    Kind.CERTIFICATE_ISSUED: "certificates",
    Kind.EXPIRY_REMINDER: "what ends soon",
    Kind.SAVED_SEARCH_DIGEST: "your saved searches",
}
