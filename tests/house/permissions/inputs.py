"""What the root fields are asked with: made from the schema, with a word here where only some value will do.

An input is one with which those who may act succeed. Whatever rows it needs beside the planted ones are made right
before the mutation, and taken back with it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_required_input_field,
)

from domains.accounts import tokens
from domains.events import codes
from domains.events.models import EventTicket
from domains.notifications.models import PushSubscription
from domains.opportunities import tokens as host_tokens
from domains.opportunities.models import Application
from tests import factories as make
from tests.api import gid
from tests.attachments import picture_of
from tests.factories import PASSWORD
from tests.factories.accounts import PasswordResetFactory, SignUpAttemptFactory, UploadFactory
from tests.house.permissions.documents import ROOTS, TYPES, model_of
from tests.house.permissions.rows import field_of
from tests.house.permissions.world import World, long_ago
from tests.resumes import EXPORT, zip_of

Input = dict[str, Any]
NEW_PASSWORD = "seven quiet otters knitting"
#: The type that an argument names by an id, where its own name does not say it.
NAMED = {
    "host": "OpportunityHost",
    "membership": "HostMembership",
    "session": "UserSession",
    "record": "ServiceRecord",
    "upload": "StoredFile",
    "subject": "Message",
    "participant": "User",
    "endorsedSkill": "Skill",
    "requiredCourse": "Course",
    "corrects": "HoursEntry",
    "ticket": "EventTicket",
}
#: Values of texts, by their names.
TEXTS = {
    "email": "somebody@people.example",
    "newEmail": "somewhere@people.example",
    "password": PASSWORD,
    "currentPassword": PASSWORD,
    "newPassword": NEW_PASSWORD,
    "scannedAt": "2026-03-01T10:00:00-08:00",
    "startedAt": "2026-03-01T10:00:00-08:00",
    "endedAt": "2026-03-01T12:00:00-08:00",
    "query": "canary",
    "emoji": "🎉",
    "endpoint": "https://fcm.googleapis.com/fcm/send/new",
    "contentType": "text/plain",
    "zipCode": "94110",
    "eventDate": "2031-05-04T10:00:00-07:00",
    "startDate": "2031-05-04T10:00:00-07:00",
    "endDate": "2031-05-04T13:00:00-07:00",
}


def value_of(name: str, kind: Any, world: World) -> Any:
    """Return a value for an input of this name and type: of an input object what it requires."""
    if isinstance(kind, GraphQLNonNull):
        return value_of(name, kind.of_type, world)
    if isinstance(kind, GraphQLList):
        return [value_of(name.removesuffix("s"), kind.of_type, world)]
    if isinstance(kind, GraphQLInputObjectType):
        needed = {key: one for key, one in kind.fields.items() if is_required_input_field(one)}
        return {key: value_of(key, one.type, world) for key, one in needed.items()}
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    by_scalar: dict[str, Callable[[], Any]] = {
        "ID": lambda: id_for(name, world),
        "String": lambda: TEXTS.get(name, "Something to read"),
        "Int": lambda: 1,
        "Boolean": lambda: True,
        "DateTime": lambda: TEXTS[name],
        "UUID": lambda: str(UUID(int=7)),
    }
    return by_scalar[kind.name]()


def id_for(name: str, world: World, label: str = "") -> str:
    """Return the id of the planted row that an argument of this name is about."""
    word = name.removesuffix("Id").removesuffix("Ids")
    type_name = NAMED.get(word, word[:1].upper() + word[1:])
    model = model_of(type_name) if type_name in TYPES else None
    assert model, f"`{name}`: name the type of its id in NAMED of {__name__}"
    return gid(world.the(model.__name__, label), type_name)


def arguments_for(root: str, row: str, world: World, viewer: str) -> Input:
    """Return the arguments of a root field for a row of the file, as this viewer asks."""
    field, label = field_of(row), row.partition(" of ")[2]
    one = ROOTS[root].fields[field]
    needed = {name: argument for name, argument in one.args.items() if isinstance(argument.type, GraphQLNonNull)}
    given = {name: value_of(_own_name(name, one), argument.type, world) for name, argument in needed.items()}
    if root != "Mutation":
        if row in CASES:
            return given | CASES[row]
        return with_label(given, label, world, one) if label else given
    if special := SPECIAL.get(row):
        given["input"] |= special(world, viewer)
    elif label:
        given["input"] = with_label(given["input"], label, world, one)
    return given


def _own_name(name: str, one: Any) -> str:
    """Return the name of an argument: an `id` is named after the type that the field returns."""
    returned = get_named_type(one.type).name
    return name if name != "id" else ("opportunity" if returned == "Node" else returned[:1].lower() + returned[1:])


def with_label(given: Input, label: str, world: World, one: Any) -> Input:
    """Return the input with the ids of rows that have this label, where there are such rows."""
    changed = dict(given)
    for name, value in given.items():
        if name.lower().endswith("id") and isinstance(value, str):
            with suppress(StopIteration):
                changed[name] = id_for(_own_name(name, one), world, label)
    assert changed != given, f"nothing that is planted as {label} fits {', '.join(given)}"
    return changed


#: Queries with more arguments than they require.
CASES: dict[str, Input] = {
    "opportunities of drafts": {"filters": {"status": "DRAFT"}},
    "events of drafts": {"filters": {"status": "DRAFT"}},
    "conversationEvents": {"afterSequence": 0},
}


def _application(world: World, **fields: Any) -> Input:
    fields.setdefault("role", make.RoleFactory(opportunity__host=world.host, opportunity__past=True))
    return {"applicationId": gid(make.ApplicationFactory(volunteer=world.user("person"), **fields))}


def _invitation(world: World) -> Input:
    person = world.user("person")
    row = make.HostMembershipFactory(host=world.host, invited=True, email=person.email)
    return {"key": host_tokens.invitation_key(membership_id=row.pk, email=person.email)}


def _member(world: World) -> Input:
    return {"membershipId": gid(make.HostMembershipFactory(host=world.host))}


def _hours(world: World) -> Input:
    role = make.RoleFactory(opportunity__host=world.host, opportunity__past=True)
    application = make.ApplicationFactory(volunteer=world.user("person"), role=role, status="ACCEPTED")
    start = role.opportunity.start_date
    return {
        "applicationId": gid(application),
        "startedAt": start.isoformat(),
        "endedAt": role.opportunity.end_date.isoformat(),
    }


def _waiting(world: World) -> Any:
    return make.HoursEntryFactory(application=world.the("Application"), **long_ago(300))


def _correction(world: World) -> Input:
    logged = _hours(world)
    entry = make.HoursEntryFactory(
        application=Application.objects.order_by("pk").last(), approved=True, **long_ago(200)
    )
    return {**logged, "correctsId": gid(entry)}


def _upload(user: Any, purpose: str) -> Input:
    upload = UploadFactory(user=user, purpose=purpose, arrived=True)
    contents = {"PROFILE_PICTURE": picture_of(), "LINKEDIN_EXPORT": zip_of(EXPORT)}
    content = contents.get(purpose, b"Skills: Gardening\n")
    default_storage.save(upload.place, ContentFile(content))
    UploadFactory._meta.model.objects.filter(pk=upload.pk).update(size=len(content))
    return {"uploadId": gid(upload, "StoredFile")}


def _code_of(world: World) -> str:
    """Return what the QR code of the person's ticket holds now that canaries are planted in its row."""
    return codes.code_of(EventTicket.objects.get(pk=world.the("EventTicket").pk))


def _ticket(world: World, **fields: Any) -> Any:
    """Return another ticket of the person, to another event of the host."""
    event = make.EventFactory(organization=world.host, host=world.user("owner"))
    return make.EventTicketFactory(event=event, attendee=world.user("person"), **fields)


def _mine(world: World, viewer: str) -> Any:
    return world.accounts[viewer] or world.user("person")


#: What takes a word of ours, by mutation; the viewer's name says whose own rows to make.
SPECIAL: dict[str, Callable[[World, str], Input]] = {
    "signUp": lambda world, _: {"displayName": "Somebody", "password": NEW_PASSWORD},
    "verifyEmail": lambda world, _: {"key": tokens.sign_key(tokens.KeyPurpose.VERIFY_EMAIL, SignUpAttemptFactory().pk)},
    "logIn": lambda *_: {"email": make.UserFactory().email},
    "devLogIn": lambda *_: {"email": make.UserFactory().email},
    "requestPasswordReset": lambda *_: {"email": make.UserFactory().email},
    "resetPassword": lambda *_: {
        "key": tokens.sign_key(
            tokens.KeyPurpose.RESET_PASSWORD, PasswordResetFactory(email=make.UserFactory().email).pk
        )
    },
    "refreshSession": lambda *_: {"refreshToken": tokens.issue_tokens(make.SessionFactory()).refresh_token},
    "changeEmail": lambda world, _: {"password": PASSWORD},
    "deleteAccount": lambda world, _: {"password": PASSWORD},
    "disableMfa": lambda world, _: {"password": PASSWORD},
    "sendMessage": lambda world, _: {"content": "See you."},
    "updateHost": lambda world, _: {"organizationName": "Creek Friends"},
    "updateProfile": lambda world, _: {"bio": "Something new."},
    "addSkill": lambda world, _: {"skillId": gid(make.SkillFactory())},
    "removeSkill": lambda world, viewer: {"skillId": gid(make.UserSkillFactory(user=_mine(world, viewer)).skill)},
    "uploadProfilePicture": lambda world, _: _upload(world.user("person"), "PROFILE_PICTURE"),
    "uploadResume": lambda world, _: _upload(world.user("person"), "RESUME"),
    "importLinkedinExport": lambda world, _: _upload(world.user("person"), "LINKEDIN_EXPORT"),
    "uploadAttachment": lambda world, viewer: _upload(_mine(world, viewer), "ATTACHMENT"),
    "createUpload": lambda world, _: {"purpose": "RESUME", "size": 100},
    "blockUser": lambda world, _: {"userId": gid(world.user("participant"))},
    "unblockUser": lambda world, _: {"userId": gid(world.user("person").blocks.get().blocked)},
    "acceptHostInvitation": lambda world, _: _invitation(world),
    "changeHostMemberRole": lambda world, _: {**_member(world), "role": "SCANNER"},
    "removeHostMember": lambda world, _: _member(world),
    "createOpportunity": lambda world, _: {"title": "Clean the creek", "description": "Boots are here."},
    "updateOpportunity": lambda *_: {"locationText": "Elsewhere"},
    "updateOpportunity of a draft": lambda world, _: {
        "opportunityId": gid(world.the("Opportunity", "a draft")),
        "locationText": "Elsewhere",
    },
    "updateRole": lambda *_: {"slotsAvailable": 9},
    "updateRole of a draft": lambda world, _: {"roleId": gid(world.the("Role", "a draft")), "slotsAvailable": 9},
    "publishOpportunity": lambda world, _: {"opportunityId": gid(world.the("Opportunity", "a draft"))},
    "applyToRole": lambda world, _: {"roleId": gid(make.RoleFactory(opportunity__host=world.host))},
    "decideApplication": lambda world, _: {"decision": "ACCEPT"},
    "answerOffer": lambda world, _: _application(
        world, status="OFFERED", role=make.RoleFactory(opportunity__host=world.host)
    ),
    "completeApplication": lambda world, _: _application(world, status="ACCEPTED"),
    "logHours": lambda world, _: _hours(world),
    "logHours of a correction": lambda world, _: _correction(world),
    "logHours of a proposal": lambda world, _: {"hoursEntryId": gid(world.the("HoursEntry", "a proposal"))},
    "reviewHours of a rejection": lambda world, _: {
        "hoursEntryId": gid(_waiting(world)),
        "approve": False,
    },
    "createEvent": lambda world, _: {"title": "Street picnic", "hostId": gid(world.host)},
    "createEvent of their own": lambda *_: {"title": "Street picnic"},
    "publishEvent": lambda world, _: {"eventId": gid(world.the("Event", "a draft"))},
    "updateEvent": lambda *_: {"location": "Elsewhere"},
    "updateEvent of a draft": lambda world, _: {"eventId": gid(world.the("Event", "a draft")), "location": "Elsewhere"},
    "claimTicket": lambda *_: {"eventId": gid(make.EventFactory())},
    "answerTicketOffer": lambda world, _: {"ticketId": gid(_ticket(world, status="OFFERED"))},
    "cancelTicket": lambda world, _: {"ticketId": gid(_ticket(world))},
    "rotateTicket": lambda world, _: {"ticketId": gid(_ticket(world))},
    "revokeTicket": lambda world, _: {"ticketId": gid(_ticket(world))},
    "checkIn": lambda world, _: {"code": _code_of(world)},
    "checkIn of a draft": lambda world, _: {"eventId": gid(world.the("Event", "a draft"))},
    "syncCheckIns of a draft": lambda world, _: {"eventId": gid(world.the("Event", "a draft")), "scans": []},
    "syncCheckIns": lambda world, _: {
        "scans": [{"code": _code_of(world), "nonce": "a nonce", "scannedAt": timezone.now().isoformat()}]
    },
    "startConversation of a minor": lambda world, _: {"participantIds": [gid(world.the("User", "a minor"))]},
    "reportContent of a minor": lambda world, _: {"subjectId": gid(world.the("User", "a minor"))},
    "reviewHours": lambda world, _: {"hoursEntryId": gid(_waiting(world))},
    "startConversation": lambda *_: {"participantIds": [gid(make.UserFactory())]},
    "addParticipants": lambda world, _: {"userIds": [gid(make.UserFactory())]},
    "removeParticipant": lambda world, _: {"userId": gid(world.the("User", "a minor"))},
    "reportContent": lambda world, _: {"subjectId": gid(world.user("participant").messages.last())},
    "updateNotificationPreferences": lambda *_: {"preferences": [{"kind": "OFFER_MADE", "email": False}]},
    "markConversationRead": lambda world, _: {"upToSequence": world.the("Conversation").last_sequence},
    "markNotificationsRead": lambda world, _: {"notificationIds": [gid(world.the("Notification"))]},
    "removePushSubscription": lambda *_: {"endpoint": PushSubscription.objects.get().endpoint},
    "registerPushSubscription": lambda world, _: {
        "p256dh": make.PushSubscriptionFactory.build(session=None).p256dh,
        "auth": make.PushSubscriptionFactory.build(session=None).auth,
    },
}
