"""Somebody with a row in every table that points at people, and a canary in every text that is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from allauth.account.models import EmailConfirmation
from allauth.socialaccount.models import SocialToken
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import CharField, FileField, ForeignKey, JSONField, Model, TextField
from django.utils import timezone

from domains.accounts.models import User
from domains.base.addresses import AddressField
from domains.base.personal_data import PersonalRows, find_registered
from domains.geo.fields import ZipCodeField
from tests.factories import (
    EventFactory,
    HostMembershipFactory,
    HoursEntryFactory,
    ResumeSuggestionFactory,
    UserFactory,
    factory_of,
)
from tests.factories.accounts import DataExportFactory, UploadFactory

#: Texts that the database keeps to a form, or that are the server's own: keys, hashes, names of templates.
FIXED = {
    "accounts.UserProfile.availability",
    "accounts.UserProfile.visibility",
    "account.EmailAddress.email",
    "accounts.User.password",
    "opportunities.ApplicationHistory.overrides",
    "opportunities.ServiceRecord.code",
    "accounts.KnownNetwork.digest",
    "accounts.Upload.place",
    "base.MailJob.name",
    "base.MailJob.kind",
    "base.MailJob.occasion",
    "messaging.Conversation.direct_key",
    "messaging.ConversationEvent.emoji",
    "messaging.Reaction.emoji",
    "moderation.ContentReport.subject_type",
    "notifications.Notification.subject_type",
    "notifications.Notification.template",
    "socialaccount.SocialAccount.provider",
    "skills.Resume.failure_code",
}
#: Rules of rows in which somebody else's words stand, or words that stay: those of organizations and groups, a
#: coordinator's about others, and evidence, which stays with its report.
UNMARKED = {
    "events.EventChange.actor",
    "events.Scan.scanned_by",
    "events.Scan.ticket__attendee",
    "learning.Course.created_by",
    "messaging.Conversation.created_by",
    "messaging.ConversationEvent.actor",
    "moderation.ContentReport.author",
    "moderation.ContentReport.handled_by",
    "moderation.ContentReport.reporter",
    "moderation.ReportNote.author",
    "opportunities.ApplicationHistory.actor",
    "opportunities.HostMembership.invited_by",
    "opportunities.HoursEntry.reviewed_by",
    "opportunities.Opportunity.created_by",
    "opportunities.OpportunityChange.actor",
}
MIN_LENGTH = 12


def arrived_upload(user: User) -> Model:
    """Return a file that has arrived at its place."""
    upload = UploadFactory(user=user)
    upload.file.name = upload.place = default_storage.save(upload.place, ContentFile(b"face"))
    upload.completed_at = timezone.now()
    upload.save()
    return upload


#: Tables without a factory, or whose rows follow from another one.
MAKERS: dict[str, Callable[[User], Model]] = {
    "account.EmailConfirmation.email_address__user": lambda user: EmailConfirmation.objects.create(
        email_address=user.emailaddress_set.get(), key="x" * 20
    ),
    "mfa.Authenticator.user": lambda user: user.authenticator_set.create(type="webauthn", data={"name": ""}),
    "socialaccount.SocialToken.account__user": lambda user: SocialToken.objects.create(
        account=user.socialaccount_set.get(), token="x" * 20
    ),
    "accounts.User_groups.user": lambda user: User.groups.through.objects.create(
        user=user, group=Group.objects.get_or_create(name="Moderators")[0]
    ),
    "accounts.User_user_permissions.user": lambda user: User.user_permissions.through.objects.create(
        user=user, permission=Permission.objects.get(codename="view_user")
    ),
    "admin.LogEntry.user": lambda user: LogEntry.objects.create(user=user, action_flag=CHANGE, object_repr="x"),
    "accounts.DataExport.user": lambda user: DataExportFactory(user=user, ready=True),
    "accounts.Upload.user": arrived_upload,
    "events.Event.host": lambda user: EventFactory(host=user, organization=None),
    "opportunities.HostMembership.email": lambda user: HostMembershipFactory(invited=True, email=user.email),
    "skills.ResumeSuggestion.resume__user": lambda user: ResumeSuggestionFactory(resume=user.resume),
    "opportunities.HoursEntry.volunteer": lambda user: HoursEntryFactory(application=user.applications.get()),
}


class Leaver:
    """The person, the canaries, and where each was planted."""

    def __init__(self, **fields: Any) -> None:
        self.person: User = UserFactory(**fields)
        self.canaries: dict[str, str] = {}
        self.planted: list[Model] = []

    def plant(self) -> Leaver:
        """Make a row of theirs by each rule, and put a canary into each text of it."""
        self._mark(self.person)
        for rule in find_registered():
            if rule.of == "pk":
                continue
            row = self._make(rule)
            if f"{rule.model._meta.label}.{rule.of}" not in UNMARKED and row not in self.planted:
                self._mark(row)
            self.planted.append(row)
        return self

    def _make(self, rule: PersonalRows) -> Model:
        known: Model | None = rule.find(user_id=self.person.pk, addresses=[self.person.email]).first()
        if known is not None:
            return known
        if (name := f"{rule.model._meta.label}.{rule.of}") in MAKERS:
            return MAKERS[name](self.person)
        value: Any = self.person.email if rule.by_email else self.person
        is_number = not rule.by_email and rule.of.endswith("_id")
        made: Model = factory_of(rule.model)(**{rule.of: self.person.pk if is_number else value})
        return made

    def _mark(self, row: Model) -> None:
        values = {}
        for field in text_columns(type(row)):
            name = f"{row._meta.label}.{field.name}"
            canary = f"cnry{len(self.canaries):04}"
            self.canaries[canary] = name
            values[field.name] = [canary] if isinstance(field, JSONField) else canary
        if values:
            type(row)._default_manager.filter(pk=row.pk).update(**values)

    def found(self) -> dict[str, str]:
        """Return the canaries that any table holds now, each with where it was planted and where it is."""
        text = {name: repr(values) for name, values in all_rows()}
        return {
            f"{planted} ({canary})": name
            for canary, planted in self.canaries.items()
            for name, values in text.items()
            if canary in values
        }


def text_columns(model: type[Model]) -> Iterator[Any]:
    """Yield the columns that hold what somebody wrote."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, CharField | TextField | JSONField) and not isinstance(
            field, AddressField | ZipCodeField | FileField
        )
        is_long = (field.max_length or MIN_LENGTH) >= MIN_LENGTH
        if is_text and is_long and not field.choices and f"{model._meta.label}.{field.name}" not in FIXED:
            yield field


def all_rows() -> Iterator[tuple[str, list[Any]]]:
    """Yield every table with all its rows."""
    for model in apps.get_models(include_auto_created=True):
        yield model._meta.label, list(model._default_manager.values_list())


def keys_to(person_id: int) -> dict[str, int]:
    """Return how many rows of which columns have the person's key."""
    counts = {
        f"{model._meta.label}.{field.name}": model._default_manager.filter(**{field.attname: person_id}).count()
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.remote_field.model is User
    }
    return {name: number for name, number in counts.items() if number}
