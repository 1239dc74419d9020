"""The costs of the parts of a document, as data; `make weights` compares them with measured times.

One point is about ten microseconds of one core; only the ratios matter. Every root field, every computed field, every
list without pages and every long text is named here (tests/house/test_weights.py checks that). Every other field of an
object costs COLUMN.
"""

from __future__ import annotations

from dataclasses import dataclass

from domains.accounts.models import LogInProvider, ProfileField
from domains.accounts.second_factors import RECOVERY_CODE_COUNT
from domains.accounts.services.availability import MAX_AVAILABILITY
from domains.accounts.services.begin_session import MAX_SESSIONS
from domains.accounts.services.update_profile import MAX_LANGUAGES
from domains.events.services import MAX_SCANS
from domains.messaging.services.react_to_message import MAX_EMOJI
from domains.messaging.services.send_message import MAX_FILES
from domains.messaging.services.start_conversation import MAX_PARTICIPANTS
from domains.notifications.models import NotificationKind
from domains.notifications.services.notify import MAX_BODY_LENGTH
from domains.opportunities.eligibility import OVERRIDABLE_CODES
from domains.opportunities.selectors.hours import MAX_DEVELOPED_SKILLS, MAX_MONTHS
from domains.opportunities.services.create_host import MAX_HOSTS
from domains.opportunities.services.create_service_record import MAX_RECORDS
from domains.opportunities.services.drafts import MAX_CAUSES
from domains.opportunities.services.hours_rules import MAX_ENTRIES
from domains.opportunities.services.invite_host_member import MAX_MEMBERS
from domains.opportunities.services.role_drafts import MAX_COURSES_PER_ROLE, MAX_ROLES, MAX_SKILLS_PER_ROLE
from domains.skills.selectors import MAX_CATEGORIES
from domains.skills.services.hold_skills import MAX_SKILLS
from domains.skills.services.parse_resume import MAX_SUGGESTIONS
from domains.skills.services.skill_files import MAX_ALIASES
from domains.verification.models import VerificationKind
from graphql_api.checks.weights.mutations import MUTATIONS
from graphql_api.errors import MAX_MESSAGES

#: A column of an object, or an item of a list of names.
COLUMN = 1
#: An object: its row, and its part of the answer.
OBJECT = 5
#: A value that a client sends, for each use.
VALUE = 1
#: Number of characters of a long text that cost one point.
CHARACTERS = 100

#: An SQL statement, including the round trip to the database.
STATEMENT = 250

#: Maximum number of memberships and invitations that `User.hostMemberships` returns.
MAX_MEMBERSHIPS = MAX_HOSTS + 50

#: Default and maximum page size; PAGES lists the fields that differ, as `Type.field`.
DEFAULT_PAGE, MAX_PAGE = 20, 100
PAGES = {
    "Query.recommendedOpportunities": (10, 50),
    "Query.recommendedVolunteers": (10, 50),
    "Query.trendingOpportunities": (10, 50),
    "Conversation.events": (100, 100),
}


@dataclass(frozen=True)
class Length:
    """Maximum length of a list without pages, which its domain enforces, and the length that is counted.

    Few lists have their maximum length, and nested lists would exceed the limits if all counted with it. So the counted
    length is the one that nine in ten lists do not exceed, and at least a twentieth of the maximum. Longer lists are
    limited during execution (`answers.py`).
    """

    most: int
    counted: int


LISTS = {
    # No status is reached twice, except that an offer can be repeated.
    "Application.history": Length(50, 6),
    "Application.hours": Length(MAX_ENTRIES, 25),
    "ApplicationHistory.overrides": Length(len(OVERRIDABLE_CODES), 1),
    "CheckInBatch.results": Length(MAX_SCANS, 250),
    "Conversation.participants": Length(MAX_PARTICIPANTS, 13),
    "Eligibility.reasons": Length(80, 4),
    "HostImpact.hoursByMonth": Length(MAX_MONTHS, 24),
    "Impact.hoursByMonth": Length(MAX_MONTHS, 24),
    "Impact.skillsDeveloped": Length(MAX_DEVELOPED_SKILLS, 20),
    "Message.attachments": Length(MAX_FILES, 2),
    "Message.reactions": Length(MAX_EMOJI, 4),
    "MfaChallenge.methods": Length(3, 3),
    "NotificationPreferences.items": Length(len(NotificationKind), len(NotificationKind)),
    "OperationInfo.messages": Length(MAX_MESSAGES, 10),
    "Opportunity.causes": Length(MAX_CAUSES, 3),
    "Opportunity.roles": Length(MAX_ROLES, 5),
    "OpportunityHost.members": Length(MAX_MEMBERS, 20),
    "ParticipantsChanged.participants": Length(MAX_PARTICIPANTS, 13),
    "Query.logInProviders": Length(len(LogInProvider), 4),
    "Query.skillCategories": Length(MAX_CATEGORIES, 50),
    "RecommendedOpportunity.reasons": Length(60, 3),
    "RecommendedVolunteer.reasons": Length(60, 3),
    "RecoveryCodes.codes": Length(RECOVERY_CODE_COUNT, RECOVERY_CODE_COUNT),
    "Resume.suggestions": Length(MAX_SUGGESTIONS, 30),
    "Role.requiredCourses": Length(MAX_COURSES_PER_ROLE, 2),
    "Role.requiredVerifications": Length(len(VerificationKind), 2),
    "Role.skills": Length(MAX_SKILLS_PER_ROLE, 5),
    "Skill.aliases": Length(MAX_ALIASES, 20),
    "User.hostMemberships": Length(MAX_MEMBERSHIPS, 10),
    "User.serviceRecords": Length(MAX_RECORDS, 20),
    "UploadTicket.fields": Length(20, 8),
    "User.linkedProviders": Length(len(LogInProvider), 1),
    "User.sessions": Length(MAX_SESSIONS, 10),
    "User.skills": Length(MAX_SKILLS, 10),
    "UserProfile.availability": Length(MAX_AVAILABILITY, 7),
    "UserProfile.causes": Length(MAX_CAUSES, 3),
    "UserProfile.languages": Length(MAX_LANGUAGES, 2),
    "UserProfile.visibility": Length(len(ProfileField), len(ProfileField)),
}

#: Mutations that answer each item of a list in their input, with the name of that list.
ANSWERED_LISTS = {"Mutation.syncCheckIns": "scans"}
#: The lists of these answers: they count as long as the list in the input.
LISTS_OF_ANSWERS = frozenset({"CheckInBatch.results"})

#: Maximum number of characters of each long text.
TEXTS = {
    "Application.coverLetter": 5_000,
    "ApplicationHistory.reason": 500,
    "ContentReport.details": 2_000,
    "Course.description": 5_000,
    "Event.cancelledReason": 500,
    "Event.description": 5_000,
    "EventTicket.revokedReason": 500,
    "HoursEntry.note": 500,
    "HoursEntry.reviewNote": 500,
    "ListingSource.url": 500,
    "Message.content": 10_000,
    "Notification.body": MAX_BODY_LENGTH,
    "Opportunity.closedReason": 500,
    "Opportunity.description": 5_000,
    "Opportunity.impactStatement": 1_000,
    "OpportunityHost.description": 5_000,
    "Role.description": 5_000,
    "UserProfile.bio": 2_000,
}

#: Fields that run one statement for all their parent objects, however many they are.
ASKED_AT_ONCE = frozenset(
    {
        "*.totalCount",
        "Application.history",
        "Application.hours",
        "AuthSession.user",
        "BlockReceipt.blocked",
        "Conversation.canWrite",
        "Conversation.events",
        "Conversation.lastMessage",
        "Conversation.messages",
        "Conversation.participants",
        "Event.attendeesCsvUrl",
        "Event.myTicket",
        "Event.tickets",
        "EventTicket.pageUrl",
        "EventTicket.qrCode",
        "Event.checkInKey",
        "Event.checkInSummary",
        "Event.checkInUrl",
        "EventTicket.ticketCode",
        "HostImpact.approvedHours",
        "HostImpact.hoursByMonth",
        "HostImpact.opportunitiesCompleted",
        "HostImpact.volunteers",
        "HostMembership.email",
        "Impact.approvedHours",
        "Impact.eventsAttended",
        "Impact.hoursByMonth",
        "Impact.opportunitiesCompleted",
        "Impact.skillsDeveloped",
        "InboxEvent.conversation",
        "Message.attachments",
        "Message.canEdit",
        "Message.reactions",
        "MessageDeleted.message",
        "MessageEdited.message",
        "MessageReacted.message",
        "MessageSent.message",
        "Notification.subject",
        "NotificationConnection.unreadCount",
        "Opportunity.applications",
        "Opportunity.causes",
        "Opportunity.roles",
        "OpportunityHost.hoursToReview",
        "OpportunityHost.impact",
        "OpportunityHost.members",
        "OpportunityHost.myMembership",
        "OpportunityHost.opportunities",
        "ParticipantsChanged.participants",
        "RecommendedOpportunity.opportunity",
        "RecommendedOpportunity.role",
        "RecommendedVolunteer.volunteer",
        "Resume.suggestions",
        "Role.eligibility",
        "Role.myApplication",
        "Role.requiredCourses",
        "Role.skills",
        "Skill.aliases",
        "User.applications",
        "User.blockedUsers",
        "User.calendarFeedUrl",
        "User.dataExport",
        "User.hostMemberships",
        "User.isEmailVerified",
        "User.isMfaEnabled",
        "User.linkedProviders",
        "User.notificationPreferences",
        "User.profile",
        "User.profilePicture",
        "User.serviceRecords",
        "User.sessions",
        "User.skills",
        "User.tickets",
        "UserProfile.causes",
        "UserProfile.resume",
    }
)

#: Cost of a field without the selection below it. `*` stands for any type.
FIELDS = {
    "*.id": 1,
    "*.edges": 1,
    "*.nodes": 1,
    "*.totalCount": 5,
    "AuthSession.user": 5,
    "BlockReceipt.blocked": 5,
    "Application.waitlistPosition": 20,
    # A scan's code is verified, and the scan is stored.
    "CheckInResult.ticket": 70,
    "ApplicationHistory.reason": 4,
    "Conversation.canWrite": 5,
    "Conversation.events": 20,
    "Conversation.lastMessage": 10,
    "Conversation.messages": 20,
    "Conversation.participants": 10,
    "Conversation.unreadCount": 20,
    "Course.estimatedHours": 4,
    "Event.attendeesCsvUrl": 10,
    "Event.calendarUrl": 4,
    "Event.checkInKey": 10,
    "Event.checkInSummary": 50,
    "Event.checkInUrl": 10,
    "Event.coordinates": 4,
    "Event.myTicket": 10,
    "Event.tickets": 20,
    "Event.ticketsRemaining": 2,
    "Event.timeZone": 3,
    "EventTicket.checkedIn": 4,
    "EventTicket.offerExpiresAt": 4,
    "EventTicket.pageUrl": 5,
    "EventTicket.qrCode": 5,
    "EventTicket.ticketCode": 5,
    "EventTicket.waitlistPosition": 20,
    "HostImpact.approvedHours": 5,
    "HostImpact.hoursByMonth": 5,
    "HostImpact.opportunitiesCompleted": 5,
    "HostImpact.volunteers": 5,
    "HostMembership.email": 5,
    "HostMembership.isAccepted": 4,
    "HoursEntry.countedHours": 5,
    "HoursEntry.hours": 4,
    "Impact.approvedHours": 5,
    "Impact.eventsAttended": 5,
    "Impact.hoursByMonth": 1_000,
    "Impact.opportunitiesCompleted": 5,
    "Impact.skillsDeveloped": 5,
    "InboxEvent.conversation": 10,
    "ListingSource.name": 4,
    "ListingSource.url": 4,
    "Message.attachments": 10,
    "Message.canDelete": 4,
    "Message.canEdit": 10,
    "Message.content": 4,
    "Message.isDeleted": 4,
    "Message.reactions": 10,
    "MessageAttachment.url": 5,
    "MessageDeleted.message": 10,
    "MessageEdited.message": 10,
    "MessageReacted.message": 10,
    "MessageSent.message": 10,
    "Notification.isRead": 1,
    "Notification.subject": 20,
    "NotificationConnection.unreadCount": 5,
    "Opportunity.applications": 20,
    "Opportunity.location": 4,
    "Opportunity.timeZone": 3,
    "OpportunityHost.hoursToReview": 10,
    "OpportunityHost.impact": 10,
    "OpportunityHost.members": 10,
    "OpportunityHost.myMembership": 10,
    "OpportunityHost.opportunities": 20,
    "ParticipantsChanged.participants": 10,
    "DataExport.url": 4,
    "Picture.url": 4,
    "Query.causes": 400,
    "Query.conversation": 300,
    "Query.conversations": 400,
    "Query.event": 300,
    "Query.events": 500,
    "Query.host": 200,
    "Query.hosts": 500,
    "Query.logInProviders": 10,
    "Query.me": 200,
    "Query.node": 500,
    "Query.notifications": 400,
    "Query.opportunities": 500,
    "Query.opportunity": 500,
    "Query.recommendedOpportunities": 12_000,
    "Query.recommendedVolunteers": 4_000,
    "Query.searchMessages": 600,
    "Query.skillCategories": 100,
    "Query.skills": 500,
    "Query.trendingOpportunities": 600,
    "Query.webPushKey": 20,
    "RecommendedOpportunity.opportunity": 10,
    "RecommendedOpportunity.role": 10,
    "RecommendedVolunteer.volunteer": 10,
    "Resume.failureCode": 4,
    "Resume.failureReason": 4,
    "Resume.suggestions": 10,
    "Role.eligibility": 50,
    "Role.myApplication": 10,
    "Role.requiredVerifications": 1,
    "Role.slotsRemaining": 2,
    "ServiceRecord.approvedHours": 4,
    "ServiceRecord.isRevoked": 4,
    "ServiceRecord.url": 4,
    # Each alias is a row of its own.
    "Skill.aliases": 20 * OBJECT,
    "Subscription.conversationEvents": 500,
    "Subscription.eventCheckIns": 500,
    "Subscription.inboxEvents": 500,
    "Subscription.notificationReceived": 500,
    "User.applications": 20,
    "User.blockedUsers": 20,
    "User.calendarFeedUrl": 10,
    "User.dataExport": 10,
    "User.email": 10,
    "User.hasPassword": 5,
    "User.hostMemberships": 10,
    "User.impact": 4,
    "User.isEmailVerified": 5,
    "User.isMfaEnabled": 5,
    "User.linkedProviders": 5,
    "User.notificationPreferences": 10,
    "User.profile": 10,
    "User.profilePicture": 10,
    "User.serviceRecords": 10,
    "User.sessions": 10,
    "User.skills": 10,
    "User.tickets": 20,
    "User.zipCode": 4,
    "UserProfile.availability": 5,
    "UserProfile.bio": 4,
    "UserProfile.birthYear": 4,
    "UserProfile.causes": 10,
    "UserProfile.languages": 4,
    "UserProfile.linkedinUrl": 4,
    "UserProfile.resume": 10,
    "UserProfile.visibility": 5,
    "UserProfile.websiteUrl": 4,
    "UserSession.isCurrent": 10,
    **MUTATIONS,
}


def weight_of(type_name: str, name: str) -> int:
    """Return the cost of the field without the selection below it."""
    own = FIELDS.get(f"{type_name}.{name}")
    return FIELDS.get(f"*.{name}", COLUMN) if own is None else own


def is_asked_at_once(type_name: str, name: str) -> bool:
    """Tell whether the field runs one statement for all its parent objects."""
    return f"{type_name}.{name}" in ASKED_AT_ONCE or f"*.{name}" in ASKED_AT_ONCE


def text_of(type_name: str, name: str) -> int:
    """Return the maximum length of the field if it is a long text, else 0."""
    return TEXTS.get(f"{type_name}.{name}", 0)


def length_of(type_name: str, name: str) -> int:
    """Return the counted length of a list without pages."""
    known = LISTS.get(f"{type_name}.{name}")
    return known.counted if known else MAX_PAGE


def page_of(type_name: str, name: str) -> tuple[int, int]:
    """Return the default and the maximum page size of the field."""
    return PAGES.get(f"{type_name}.{name}", (DEFAULT_PAGE, MAX_PAGE))
