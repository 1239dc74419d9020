"""A community in which lists are as long as `graphql_api/checks/weights` counts them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from domains.accounts.models import Block, Session, User, UserType
from domains.learning.models import CompletionStatus, Course, Enrollment
from domains.messaging.models import Conversation, MessageAttachment, Participant, Reaction
from domains.opportunities.models import (
    Application,
    ApplicationHistory,
    ApplicationStatus,
    HostMembership,
    HoursEntry,
    MembershipRole,
    Opportunity,
    OpportunityHost,
    Role,
    RoleSkill,
    ServiceRecord,
)
from domains.skills.models import Resume, ResumeSuggestion, Skill, SkillAlias, UserSkill
from graphql_api.checks.weights import LISTS
from tests.factories import (
    CauseFactory,
    CourseFactory,
    HoursEntryFactory,
    MessageFactory,
    NotificationFactory,
    OpportunityFactory,
    OpportunityHostFactory,
    ResumeFactory,
    SkillFactory,
    UserFactory,
    conversation_between,
)

#: The viewer has applied to the first hundred.
OPPORTUNITIES, APPLIED_TO, PEOPLE, CONVERSATIONS, MESSAGES = 150, 100, 60, 10, 20
#: A text is about so long: a tenth of what it may be.
WORDS = "Dig, plant, water, and meet the people next door. " * 10
MOVES = (ApplicationStatus.APPLIED, ApplicationStatus.SHORTLISTED, ApplicationStatus.WAITLISTED)
EMOJI = "👍🎉🌳💚"


def counted(name: str) -> int:
    """Return how long the list is taken to be."""
    return LISTS[name].counted


class Weighed:
    """The community, around one viewer who runs its organizations, and a volunteer whom they may want."""

    def __init__(self) -> None:
        self.viewer: User = UserFactory(user_type=UserType.BOTH)
        self.people: list[User] = UserFactory.create_batch(PEOPLE)
        self.volunteer = self.people[30]
        self.skills: list[Skill] = SkillFactory.create_batch(PEOPLE)
        many(
            SkillAlias,
            (
                {"skill": s, "name": f"{s} {n}", "folded_name": f"{s.pk} {n}"}
                for s in self.skills
                for n in self._up_to("Skill.aliases")
            ),
        )
        many(
            UserSkill, ({"user": u, "skill": s} for u in self.everybody for s in self.skills[: counted("User.skills")])
        )
        self._host()
        self._offer()
        self._apply()
        self._talk()
        self._keep()

    @property
    def everybody(self) -> list[User]:
        return [self.viewer, *self.people]

    def _up_to(self, name: str) -> range:
        return range(counted(name))

    def _host(self) -> None:
        self.hosts: list[OpportunityHost] = OpportunityHostFactory.create_batch(counted("User.hostMemberships"))
        for host in self.hosts:
            members = [self.viewer, *self.people[: counted("OpportunityHost.members") - 1]]
            roles = [MembershipRole.OWNER] + [MembershipRole.COORDINATOR] * (len(members) - 1)
            rows = zip(members, roles, strict=True)
            many(
                HostMembership,
                (
                    {"host": host, "user": u, "email": u.email, "role": r, "accepted_at": timezone.now()}
                    for u, r in rows
                ),
            )

    def _offer(self) -> None:
        causes = CauseFactory.create_batch(counted("Opportunity.causes"))
        courses: list[Course] = CourseFactory.create_batch(counted("Role.requiredCourses"))
        self.opportunities: list[Opportunity] = [
            OpportunityFactory(host=self.hosts[number % len(self.hosts)], description=WORDS, causes=causes)
            for number in range(OPPORTUNITIES)
        ]
        pairs = [(one, number) for one in self.opportunities for number in self._up_to("Opportunity.roles")]
        self.roles: list[Role] = many(
            Role,
            (
                {"opportunity": one, "title": f"Role {n}", "description": WORDS, "slots_available": 50}
                for one, n in pairs
            ),
        )
        done = {"user": self.volunteer, "completion_status": CompletionStatus.COMPLETED, "completed_at": timezone.now()}
        many(Enrollment, (dict(course=course, **done) for course in courses))
        wanted = self.skills[: counted("Role.skills")]
        many(
            RoleSkill, ({"role": role, "skill": skill, "is_developed": True} for role in self.roles for skill in wanted)
        )
        many(
            Role.required_courses.through,
            ({"role": role, "course": course} for role in self.roles for course in courses),
        )

    def _apply(self) -> None:
        first = [one for one in self.roles if one.title == "Role 0"][:APPLIED_TO]
        many(
            Application,
            ({"role": r, "volunteer": u, "status": ApplicationStatus.APPLIED} for r in first for u in self.people[:19]),
        )
        many(Application, ({"role": r, "volunteer": self.viewer, "status": ApplicationStatus.ACCEPTED} for r in first))
        self.applications = list(Application.objects.all())
        moves = [MOVES[n % len(MOVES)] for n in self._up_to("Application.history")]
        many(
            ApplicationHistory,
            ({"application": a, "to_status": s, "at": timezone.now()} for a in self.applications for s in moves),
        )
        own = Application.objects.filter(volunteer=self.viewer)
        worked = [
            HoursEntryFactory.build(application=a, approved=True) for a in own for _ in self._up_to("Application.hours")
        ]
        HoursEntry.objects.bulk_create(worked)

    def _talk(self) -> None:
        self.conversations: list[Conversation] = [
            conversation_between(self.viewer, *self.people[: counted("Conversation.participants") - 1])
            for _ in range(CONVERSATIONS)
        ]
        messages = [
            MessageFactory(conversation=one, content=WORDS) for one in self.conversations for _ in range(MESSAGES)
        ]
        file = {"file": "x", "filename": "list.txt", "content_type": "text/plain", "size": 13, "uploader": self.viewer}
        several = self._up_to("Message.attachments")
        many(
            MessageAttachment, (dict(message=m, conversation=m.conversation, **file) for m in messages for _ in several)
        )
        many(Reaction, ({"message": m, "user": self.viewer, "emoji": e} for m in messages for e in EMOJI))
        assert Participant.objects.filter(user=self.viewer).count() == CONVERSATIONS

    def _keep(self) -> None:
        own = {"volunteer": self.viewer, "since": timezone.now() - timedelta(days=9), "until": timezone.now()}
        many(
            ServiceRecord, (dict(approved_seconds=9, token="a.b.c", **own) for _ in self._up_to("User.serviceRecords"))
        )
        many(Session, ({"user": self.viewer} for _ in self._up_to("User.sessions")))
        many(Block, ({"blocker": self.viewer, "blocked": person} for person in self.people[-20:]))
        NotificationFactory.create_batch(100, recipient=self.viewer, subject_type="Opportunity", subject_id=1)
        resume: Resume = ResumeFactory(user=self.viewer, parsed=True)
        found = self.skills[: counted("Resume.suggestions")]
        many(
            ResumeSuggestion,
            ({"resume": resume, "skill": skill, "matched_text": "x", "confidence": 0.9} for skill in found),
        )


def many(model: type[Model], rows: Any) -> list[Any]:
    """Store the rows at once."""
    return model._default_manager.bulk_create(model(**row) for row in rows)
