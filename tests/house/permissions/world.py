"""A small world with a row of everything private, and the viewers around it.

Everything is about one person, who volunteers for one host. Each row that the API shows is registered with a label:
none for the usual row of its type, else what makes it another case, such as `a draft`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Model
from django.utils import timezone

from domains.accounts.models import User, UserProfile
from domains.opportunities.models import ApplicationStatus, MembershipRole
from tests import factories as make
from tests.factories import accounts as more
from tests.house.permissions.viewers import ALSO_ASKED, make_accounts

#: Viewers whose standing does not depend on what they have in common with somebody.
UNRELATED = ("anon", "unverified", "staff", "support")


@dataclass(frozen=True)
class Planted:
    """A row, what makes it another case than the usual one, and the account that it belongs to."""

    row: Any
    label: str
    person: User | None
    #: Whether the row belongs to a viewer who only looks on: nobody else has anything in common with it.
    is_bystander: bool = False


@dataclass
class World:
    """The accounts of the viewers, and the rows around the person."""

    accounts: dict[str, User | None]
    host: Any
    planted: dict[Model, Planted] = field(default_factory=dict)

    def user(self, viewer: str) -> User:
        """Return the account of a viewer who has one."""
        account = self.accounts[viewer]
        assert account is not None
        return account

    def add(self, row: Any, label: str = "", of: str | User | None = "person", **more: bool) -> Any:
        """Register a row under a label, as that of a viewer, another user or nobody, and return it."""
        self.planted[row] = Planted(row, label, self.user(of) if isinstance(of, str) else of, **more)
        return row

    def the(self, model: str, label: str = "") -> Any:
        """Return the first row of a model that has the label, leaving out those of viewers who only look on."""
        subjects = (one for one in self.planted.values() if not one.is_bystander)
        return next(one.row for one in subjects if (type(one.row).__name__, one.label) == (model, label))

    def account_for(self, viewer: str, planted: Planted) -> User | None:
        """Return the account that asks as this viewer about the row: `person` is the one that it belongs to."""
        return planted.person if viewer == "person" else self.accounts[viewer]

    def standing(self, viewer: str, planted: Planted) -> str:
        """Return the column that says what the viewer's own account may read of the row."""
        column = ALSO_ASKED.get(viewer, viewer)
        if planted.person is not None and self.accounts[viewer] == planted.person:
            return "person"
        if planted.is_bystander:
            return column if column in UNRELATED else "stranger"
        return "participant" if column == "person" else column

    def planted_for(self, row: Model) -> Planted | None:
        """Return how a row is registered, or the nearest row that it refers to."""
        level: list[Model] = [row]
        for _ in range(3):
            for one in level:
                if one in self.planted:
                    return self.planted[one]
            level = [above for one in level for above in _referred_to(one)]
        return None


def _referred_to(row: Model) -> list[Model]:
    keys = (one for one in row._meta.concrete_fields if isinstance(one, ForeignKey))
    rows = (getattr(row, key.name) for key in keys)
    return [one for one in rows if one is not None and not isinstance(one, ContentType | Permission | Group)]


def build() -> World:
    """Make the world; whoever calls it takes the rows away again."""
    host = make.OpportunityHostFactory()
    world = World(make_accounts(host), host)
    for viewer, account in world.accounts.items():
        if account is not None:
            hidden = {"unverified": "a newcomer", "minor": "a minor"}
            world.add(account, hidden.get(viewer, ""), viewer, is_bystander=viewer != "person")
    world.add(host)
    steps: tuple[Callable[[World], None], ...] = (
        _plant_people, _plant_offers, _plant_applications, _plant_hours, _plant_events,
        _plant_conversations, _plant_notifications, _plant_reports, _plant_what_no_field_shows,
    )  # fmt: skip
    for plant in steps:
        plant(world)
    # Everybody is free on Monday mornings, and chooses the same audiences.
    chosen = {"LANGUAGES": "MEMBERS", "WEBSITE_URL": "ONLY_ME"}
    UserProfile.objects.update(availability=[[540, 720]], visibility=chosen)
    return world


def _plant_people(world: World) -> None:
    """Plant people whom strangers may not read, and what a person keeps about themselves."""
    person = world.user("person")
    others = {
        "a minor": make.UserFactory(profile__birth_year=timezone.now().year - 15),
        "a newcomer": make.UserFactory(unverified=True),
        "a closed account": make.UserFactory(is_active=False),
    }
    for label, user in others.items():
        make.SessionFactory(user=user)
        world.add(user, label, user if user.is_active else None)
    for label, user in {"": person, **others}.items():
        owner = world.planted[user].person
        world.add(make.ProfilePictureFactory(user=user), label, owner)
        world.add(make.UserSkillFactory(user=user, skill=world.add(make.SkillFactory())), label, owner)
    world.add(make.SkillAliasFactory(skill=world.the("Skill")))
    for viewer, hidden in (("participant", ""), ("minor", "a minor")):
        same = make.UserSkillFactory(user=world.user(viewer), skill=world.the("Skill"))
        world.add(same, hidden, viewer, is_bystander=True)
    resume = world.add(make.ResumeFactory(user=person, parsed=True))
    world.add(make.ResumeSuggestionFactory(resume=resume, skill=world.the("Skill")))
    failed = make.ResumeFactory(user=others["a minor"], status="FAILED", failure_code="NO_TEXT", failure_reason="It.")
    world.add(failed, "a minor", others["a minor"])
    world.add(person.sessions.get())
    world.add(make.BlockFactory(blocker=person, blocked=world.add(make.UserFactory(), "", "person", is_bystander=True)))
    world.add(more.UploadFactory(user=person, arrived=True, purpose="RESUME"))
    world.add(more.DataExportFactory(user=person, ready=True))
    world.add(make.PreferredCauseFactory(user=person).cause)
    TOTP.activate(person, generate_totp_secret())
    more.SocialAccountFactory(user=person, uid="uid-of-the-person-at-google")


def _plant_offers(world: World) -> None:
    """Plant a host with an invitation, and opportunities that are open, drafts, taken down and found elsewhere."""
    invitation = make.HostMembershipFactory(host=world.host, invited=True, role=MembershipRole.SCANNER)
    world.add(invitation, "an invitation", "person")
    for viewer in ("coordinator", "owner", "scanner"):
        world.add(world.host.memberships.get(user=world.user(viewer)), "", viewer)
    elsewhere = world.add(make.OpportunityHostFactory(), "", "stranger", is_bystander=True)
    own = make.HostMembershipFactory(host=elsewhere, user=world.user("stranger"), role=MembershipRole.OWNER)
    world.add(own, "", "stranger", is_bystander=True)
    course = world.add(make.CourseFactory())
    world.add(make.CourseFactory(is_published=False), "a draft")
    opportunities = {
        "": make.OpportunityFactory(host=world.host, causes=[world.add(make.CauseFactory())]),
        "a draft": make.OpportunityFactory(host=world.host, draft=True),
        "one taken down": make.OpportunityFactory(host=world.host, status="CANCELLED", taken_down_at=timezone.now()),
    }
    for label, opportunity in opportunities.items():
        role = make.RoleFactory(opportunity=world.add(opportunity, label))
        make.RoleSkillFactory(role=world.add(role, label), skill=world.the("Skill"), is_developed=True)
        role.required_courses.add(course)
    make.EnrollmentFactory(course=course, user=world.user("person"), completed=True)
    source = world.add(make.SourceFactory())
    world.add(make.ListingFactory(source=source, opportunity=world.add(make.OpportunityFactory(external=True))))


def _plant_applications(world: World) -> None:
    """Plant the applications of the person, the minor and the newcomer."""
    role, gone = world.the("Role"), world.the("Role", "one taken down")
    application = world.add(make.ApplicationFactory(role=role, volunteer=world.user("person")))
    application.history.update(reason="Because.")
    for label in ("a minor", "a newcomer"):
        user = world.the("User", label)
        waiting = make.ApplicationFactory(role=role, volunteer=user, status=ApplicationStatus.WAITLISTED)
        world.add(waiting, label, user)
    world.add(make.ApplicationFactory(role=gone, volunteer=world.user("person"), status=ApplicationStatus.CANCELLED))


def _plant_hours(world: World) -> None:
    """Plant hours that are proposed, wait and count, with notes, and a service record of the person."""
    person = world.user("person")
    past = world.add(make.OpportunityFactory(host=world.host, past=True))
    role = world.add(make.RoleFactory(opportunity=past))
    completed = make.ApplicationFactory(role=role, volunteer=person, status=ApplicationStatus.COMPLETED)
    done = world.add(completed, "a completed one")
    reviewed = {"reviewed_by": world.user("coordinator"), "note": "canary9001 dug", "review_note": "canary9002 thanks"}
    entry = world.add(make.HoursEntryFactory(application=done, approved=True, **long_ago(400), **reviewed))
    times = {"started_at": entry.started_at, "ended_at": entry.ended_at - timedelta(hours=1)}
    world.add(make.HoursEntryFactory(application=done, corrects=entry, note="It was less.", **times))
    before = {"started_at": past.start_date - timedelta(hours=3), "ended_at": past.start_date - timedelta(hours=1)}
    world.add(make.HoursEntryFactory(application=done, proposed=True, **before), "a proposal")
    world.add(make.ServiceRecordFactory(volunteer=person))


def long_ago(days: int) -> dict[str, datetime]:
    """Return three hours so many days ago, of which no other entry of hours is."""
    start = timezone.now() - timedelta(days=days)
    return {"started_at": start, "ended_at": start + timedelta(hours=3)}


def _plant_events(world: World) -> None:
    """Plant an event of the host, with a ticket of the person, and a draft."""
    person, held = world.user("person"), {"organization": world.host, "host": world.user("owner")}
    event = world.add(make.EventFactory(**held, opportunity=world.the("Opportunity")))
    world.add(make.EventFactory(**held, draft=True), "a draft")
    ticket = world.add(make.EventTicketFactory(event=event, attendee=person, checked_in=True))
    make.ScanFactory(ticket=ticket)


def _plant_conversations(world: World) -> None:
    """Plant a group that the person began, which the stranger has left, and a direct conversation."""
    person, participant = world.user("person"), world.user("participant")
    others = world.the("User", "a minor"), world.the("User", "a newcomer")
    stranger = world.user("stranger")
    group = make.conversation_between(person, participant, *others, stranger, title="Crew")
    group.participations.filter(user=stranger).update(left_at=timezone.now())
    direct = make.conversation_between(person, participant, opportunity=world.the("Opportunity"))
    for conversation in (world.add(group), world.add(direct)):
        for sender in (person, participant):
            message = make.MessageFactory(conversation=conversation, sender=sender)
            world.add(message, "", sender)
        world.add(make.MessageAttachmentFactory(message=message), "", sender)
        make.ReactionFactory(message=conversation.messages.first(), user=person)
    own = make.MessageAttachmentFactory(message=None, conversation=group, uploader=person)
    world.add(own, "an unsent file")


def _plant_notifications(world: World) -> None:
    """Plant a notification of the person about their application, and a browser that it is pushed to."""
    person, subject = world.user("person"), world.the("Application")
    news = world.add(make.NotificationFactory(recipient=person, subject_type="Application", subject_id=subject.pk))
    browser = make.PushSubscriptionFactory(session=person.sessions.get())
    make.PushDeliveryFactory(notification=news, subscription=browser)
    make.MailDeliveryFactory(notification=news)
    make.PreferenceFactory(user=person)


def _plant_reports(world: World) -> None:
    """Plant a report by the person of a message of the participant, with a note and a file."""
    message = world.user("participant").messages.first()
    report = make.ContentReportFactory(
        subject=message, reporter=world.user("person"), author=world.user("participant"), status="REVIEWING"
    )
    note = make.ReportNoteFactory(report=world.add(report))
    assert note.author
    world.add(note.author, "", note.author, is_bystander=True)
    make.ReportFileFactory(report=report)


def _plant_what_no_field_shows(world: World) -> None:
    """Plant secrets and requests of accounts, and what domains keep that have no API yet."""
    person = world.user("person")
    more.SignUpAttemptFactory(user=person, provider="google", provider_uid="uid-of-an-attempt")
    make.MailJobFactory()
    more.PasswordResetFactory(email=person.email)
    more.EmailChangeFactory(user=person)
    more.TotpSetupFactory(user=person)
    more.LogInCodeFactory(user=person)
    more.UsedProviderTokenFactory()
    more.ErasureFactory()
    make.KnownNetworkFactory(user=person)
    make.VerificationCaseFactory(user=person)
    make.OutboxEntryFactory(delivered=True)
