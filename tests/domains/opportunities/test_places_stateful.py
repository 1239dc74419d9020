"""Whatever people do in whatever order, slots, waitlist and history are those of a model of a page.

The model below knows neither tables nor locks: a role is a list of applications and a number of slots; it knows who
holds a slot elsewhere at that time, and who lacks the skill that the role requires.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from domains.accounts.models import User
from domains.opportunities import services
from domains.opportunities.models import Application, Role
from domains.opportunities.services.expire_offers import expire_offers
from domains.opportunities.transitions import Decision
from domains.skills.services import remove_skill
from tests.factories import (
    HostMembershipFactory,
    OpportunityFactory,
    RoleFactory,
    RoleSkillFactory,
    UserFactory,
    UserSkillFactory,
    owner_of,
)
from tests.model_machine import ModelMachine, No, run_stories

PEOPLE = 6
START = datetime(2031, 5, 1, tzinfo=UTC)
BEGINS, ENDS = START + timedelta(days=60), START + timedelta(days=60, hours=3)
TAKES_A_PLACE = {"OFFERED", "ACCEPTED", "COMPLETED"}
ENDED = {"COMPLETED", "DECLINED", "WITHDRAWN", "CANCELLED", "EXPIRED"}
DECIDED_FROM = {
    "SHORTLIST": ("SHORTLISTED", {"APPLIED"}),
    "ACCEPT": ("ACCEPTED", {"APPLIED", "SHORTLISTED", "WAITLISTED"}),
    "DECLINE": ("DECLINED", {"APPLIED", "SHORTLISTED", "WAITLISTED"}),
    "WAITLIST": ("WAITLISTED", {"APPLIED", "SHORTLISTED"}),
}


def by_key(row: Any) -> int:
    return int(row.pk)


@dataclass
class Paper:
    """An application, as the model knows it."""

    person: int
    history: list[str] = field(default_factory=list)
    deadline: datetime | None = None
    #: Which one it was to join the waitlist.
    number: int = 0

    @property
    def status(self) -> str:
        return self.history[-1] if self.history else ""


@dataclass
class Model:
    """One role."""

    slots: int
    needs_approval: bool
    now: datetime = START
    papers: list[Paper] = field(default_factory=list)
    joined: int = 0
    booked: set[int] = field(default_factory=set)
    unskilled: set[int] = field(default_factory=set)

    @property
    def line(self) -> list[Paper]:
        """Who waits, in order."""
        return sorted((one for one in self.papers if one.status == "WAITLISTED"), key=lambda one: one.number)

    @property
    def taken(self) -> int:
        return sum(paper.status in TAKES_A_PLACE for paper in self.papers)

    @property
    def is_over(self) -> bool:
        return self.now >= ENDS

    def put(self, paper: Paper, status: str) -> None:
        """Move the paper; a slot that this frees is offered to the next who may hold it."""
        before = paper.status in TAKES_A_PLACE
        if status in TAKES_A_PLACE and not before and self.taken >= self.slots:
            raise No("FULL")
        if status == "WAITLISTED" and paper.status != "OFFERED":
            self.joined += 1
            paper.number = self.joined
        paper.history.append(status)
        if before and status not in TAKES_A_PLACE:
            self.offer(1)

    def offer(self, number: int) -> None:
        """Offer so many free places."""
        able = [paper for paper in self.line if not self.reasons(paper.person)]
        while number and able and self.taken < self.slots and not self.is_over:
            number -= 1
            paper = able.pop(0)
            self.put(paper, "OFFERED")
            bound = BEGINS if self.now < BEGINS else ENDS
            paper.deadline = min(self.now + settings.OFFER_LIFETIME, bound)

    def reasons(self, person: int) -> list[str]:
        """Return why the person may not hold a slot, in the order in which it is said."""
        late = ["CLOSED"] if self.is_over else ["OVERLAPS"] * (person in self.booked)  # what is over overlaps nothing
        return ["MISSING_SKILL"] * (person in self.unskilled) + late

    def book_elsewhere(self, person: int) -> None:
        if person in self.booked:
            return
        if self.is_over:
            raise No("CLOSED")
        if any(paper.person == person and paper.status == "ACCEPTED" for paper in self.papers):
            raise No("OVERLAPS")
        self.booked.add(person)

    def leave_elsewhere(self, person: int) -> None:
        if self.is_over:
            raise No("CLOSED")
        self.booked.remove(person)

    def apply(self, person: int, *, joins: bool) -> Paper:
        for paper in self.papers:
            if paper.person == person and (paper.status not in ENDED or paper.status == "COMPLETED"):
                return paper
        if reasons := self.reasons(person):
            raise No(reasons[0])
        is_full = self.taken >= self.slots
        if is_full and not joins:
            raise No("FULL")
        paper = Paper(person)
        self.papers.append(paper)
        self.put(paper, "WAITLISTED" if is_full else "APPLIED" if self.needs_approval else "ACCEPTED")
        return paper

    def decide(self, paper: Paper, decision: str, *, anyway: bool) -> None:
        target, sources = DECIDED_FROM[decision]
        if paper.status == target:
            return
        if paper.status not in sources:
            raise No("CONFLICT")
        reasons = self.reasons(paper.person) if decision == "ACCEPT" else []
        if stay := [one for one in reasons if one == "CLOSED" or not anyway]:
            raise No(stay[0])
        self.put(paper, target)

    def withdraw(self, paper: Paper) -> None:
        if paper.status == "WITHDRAWN":
            return
        if paper.status in ENDED:
            raise No("CONFLICT")
        if paper.status == "ACCEPTED" and self.is_over:
            raise No("CLOSED")
        self.put(paper, "WITHDRAWN")

    def answer(self, paper: Paper, *, takes: bool) -> None:
        target = "ACCEPTED" if takes else "DECLINED"
        if paper.status == target:
            return
        if paper.status == "EXPIRED" or (paper.status == "OFFERED" and (paper.deadline or self.now) <= self.now):
            raise No("EXPIRED")
        if paper.status != "OFFERED":
            raise No("CONFLICT")
        if takes and (reasons := self.reasons(paper.person)):
            if "OVERLAPS" in reasons:
                self.put(paper, "WAITLISTED")
            raise No(reasons[0])
        self.put(paper, target)

    def complete(self, paper: Paper, *, came: bool) -> None:
        target = "COMPLETED" if came else "CANCELLED"
        if paper.status == target:
            return
        if not self.is_over:
            raise No("TOO_EARLY")
        if paper.status != "ACCEPTED":
            raise No("CONFLICT")
        self.put(paper, target)

    def change_slots(self, slots: int) -> None:
        if slots < self.taken:
            raise No("CONFLICT")
        added, self.slots = slots - self.slots, slots
        self.offer(max(added, 0))

    def expire(self) -> None:
        overdue = [one for one in self.papers if one.status == "OFFERED" and one.deadline and one.deadline <= self.now]
        for paper in sorted(overdue, key=lambda one: one.deadline or self.now):
            self.put(paper, "EXPIRED")


class Places(ModelMachine):
    """The services and the model, side by side."""

    model: Model

    @initialize(slots=st.integers(1, 3), needs_approval=st.booleans(), crowd=st.permutations(range(PEOPLE)))
    def begin(self, slots: int, needs_approval: bool, crowd: list[int]) -> None:
        self.begin_at(START)
        self.model = Model(slots, needs_approval)
        opportunity = OpportunityFactory(start_date=BEGINS, end_date=ENDS)
        self.role = RoleFactory(opportunity=opportunity, slots_available=slots, requires_approval=needs_approval)
        self.owner = owner_of(opportunity.host)
        self.skill = RoleSkillFactory(role=self.role).skill
        elsewhere = OpportunityFactory(start_date=BEGINS + timedelta(hours=1), end_date=ENDS)
        self.elsewhere = RoleFactory(opportunity=elsewhere, slots_available=PEOPLE, requires_approval=False)
        self.coordinator = HostMembershipFactory(host=opportunity.host).user
        self.people: list[User] = [UserFactory() for _ in range(PEOPLE)]
        for volunteer in self.people:
            UserSkillFactory(user=volunteer, skill=self.skill)
        self.rows: list[int] = []
        for person in crowd[:-1]:
            self.apply(person, joins=True)

    def pick(self, data: st.DataObject, *likely: str) -> tuple[Paper, int, User] | None:
        """Choose an application, in the model and in the database, and its volunteer; more often a likely one."""
        if not self.rows:
            return None
        number = self.pick_number(data, self.model.papers, likely)
        paper = self.model.papers[number]
        return paper, self.rows[number], self.people[paper.person]

    @rule(person=st.integers(0, PEOPLE - 1), joins=st.booleans())
    def apply(self, person: int, joins: bool) -> None:
        application = self.compare(
            lambda: self.model.apply(person, joins=joins),
            lambda: services.apply_to_role(actor=self.people[person], role_id=self.role.pk, join_waitlist=joins),
        )
        if application is not None and application.pk not in self.rows:
            self.rows.append(application.pk)

    @rule(person=st.integers(0, PEOPLE - 1))
    def book_elsewhere(self, person: int) -> None:
        book = partial(services.apply_to_role, actor=self.people[person], role_id=self.elsewhere.pk)
        self.compare(lambda: self.model.book_elsewhere(person), book)

    @precondition(lambda self: self.model.booked)
    @rule(data=st.data())
    def leave_elsewhere(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(self.model.booked)))
        held = Application.objects.get(role=self.elsewhere, volunteer=self.people[person], status="ACCEPTED")
        leave = partial(services.withdraw_application, actor=self.people[person], application_id=held.pk)
        self.compare(lambda: self.model.leave_elsewhere(person), leave)

    @rule(person=st.integers(0, PEOPLE - 1))
    def lose_or_regain_the_skill(self, person: int) -> None:
        self.model.unskilled ^= {person}
        if person in self.model.unskilled:
            remove_skill(actor=self.people[person], skill_id=self.skill.pk)
        else:
            UserSkillFactory(user=self.people[person], skill=self.skill)

    @rule(data=st.data(), decision=st.sampled_from(sorted(DECIDED_FROM)), by_owner=st.booleans(), anyway=st.booleans())
    def decide(self, data: st.DataObject, decision: str, by_owner: bool, anyway: bool) -> None:
        if chosen := self.pick(data, "APPLIED", "SHORTLISTED", "WAITLISTED"):
            paper, row, _ = chosen
            actor = self.owner if by_owner else self.coordinator
            assert actor
            decide = partial(services.decide_application, actor=actor, application_id=row)
            self.compare(
                lambda: self.model.decide(paper, decision, anyway=anyway),
                lambda: decide(decision=Decision(decision), accept_anyway=anyway),
            )

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if chosen := self.pick(data, "OFFERED", "ACCEPTED"):
            paper, row, volunteer = chosen
            withdraw = partial(services.withdraw_application, actor=volunteer, application_id=row)
            self.compare(lambda: self.model.withdraw(paper), withdraw)

    @rule(data=st.data(), takes=st.booleans())
    def answer(self, data: st.DataObject, takes: bool) -> None:
        if chosen := self.pick(data, "OFFERED"):
            paper, row, volunteer = chosen
            answer = partial(services.answer_offer, actor=volunteer, application_id=row, accept=takes)
            self.compare(lambda: self.model.answer(paper, takes=takes), answer)

    @rule(data=st.data(), came=st.booleans())
    def complete(self, data: st.DataObject, came: bool) -> None:
        if chosen := self.pick(data, "ACCEPTED"):
            paper, row, _ = chosen
            self.compare(
                lambda: self.model.complete(paper, came=came),
                lambda: services.complete_application(actor=self.owner, application_id=row, attended=came),
            )

    @rule(slots=st.integers(1, 4), by_owner=st.booleans())
    def change_slots(self, slots: int, by_owner: bool) -> None:
        actor = self.owner if by_owner else self.coordinator
        assert actor
        self.compare(
            lambda: self.model.change_slots(slots),
            lambda: services.update_role(
                actor=actor, role_id=self.role.pk, changes=services.RoleChanges(slots_available=slots)
            ),
        )

    @rule(hours=st.sampled_from([1, 47, 48, 49]))
    def wait(self, hours: int) -> None:
        """Time passes; the task that expires offers may come late."""
        self.pass_time(self.model.now + timedelta(hours=hours))

    @precondition(lambda self: sum(len(paper.history) for paper in self.model.papers) > PEOPLE + 2)
    @rule(moment=st.sampled_from([BEGINS - timedelta(hours=1), BEGINS, ENDS]))
    def come_to_the_day(self, moment: datetime) -> None:
        """The day comes, begins, or ends."""
        self.pass_time(max(moment, self.model.now))

    @rule()
    def expire(self) -> None:
        self.model.expire()
        expire_offers()

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "role"):
            return
        role = Role.objects.get(pk=self.role.pk)
        assert role.slots_taken == self.model.taken <= role.slots_available == self.model.slots
        rows = Application.objects.prefetch_related("history").in_bulk(self.rows)
        for paper, row in zip(self.model.papers, self.rows, strict=True):
            history = [(move.from_status, move.to_status) for move in sorted(rows[row].history.all(), key=by_key)]
            assert history == list(zip([None, *paper.history], paper.history, strict=False))
            assert rows[row].status == paper.status
            assert rows[row].offer_expires_at == (paper.deadline if paper.status == "OFFERED" else None)
        line = Application.objects.filter(role=role, status="WAITLISTED").order_by("waitlisted_at", "pk")
        assert [one.volunteer for one in line] == [self.people[paper.person] for paper in self.model.line]
        assert Application.objects.filter(role=role).count() == len(self.rows)


@pytest.mark.django_db
@pytest.mark.timeout(1800)  # less than a minute where nothing else runs
def test_places_waiting_line_and_history_never_diverge_from_the_model(settings: Any) -> None:
    settings.RATE_LIMITS = False  # of a person who applies again and again, in all the stories
    run_stories(Places)
