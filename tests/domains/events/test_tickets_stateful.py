"""Whatever people do in whatever order, tickets, slots, offers and the waitlist are those of a model of a page.

The model below knows neither tables nor locks: an event is a list of tickets and a number of slots, or no limit.
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
from domains.base.personal_data import ErasedPerson
from domains.events import services
from domains.events.models import Event, EventTicket
from domains.events.services.expire_ticket_offers import expire_ticket_offers
from tests.domains.events.tickets import assert_sound, published
from tests.factories import EventFactory, ScanFactory, UserFactory, owner_of
from tests.model_machine import ModelMachine, No, run_stories

PEOPLE = 6
START = datetime(2031, 5, 1, tzinfo=UTC)
BEGINS, ENDS = START + timedelta(days=60), START + timedelta(days=60, hours=3)
#: Mostly few slots, so that people wait.
SLOTS = st.sampled_from([1, 1, 2, 2, 3, 4, None])
HOLDS_A_SLOT, LIVE = {"ISSUED", "OFFERED"}, {"ISSUED", "OFFERED", "WAITLISTED"}


@dataclass
class Paper:
    """A ticket, as the model knows it."""

    person: int
    status: str = ""
    deadline: datetime | None = None
    #: Which one it was to join the waitlist.
    number: int = 0
    is_used: bool = False
    is_revoked: bool = False
    has_expired: bool = False

    def is_late(self, now: datetime) -> bool:
        return self.deadline is not None and self.deadline <= now


@dataclass
class Model:
    """One event."""

    slots: int | None
    now: datetime = START
    begins: datetime = BEGINS
    papers: list[Paper] = field(default_factory=list)
    joined: int = 0
    unverified: set[int] = field(default_factory=set)
    is_canceled: bool = False
    #: What was published: `ISSUED`, `OFFERED`, `EXPIRED` or `REVOKED`, and the number of the ticket.
    facts: list[tuple[str, int]] = field(default_factory=list)

    @property
    def line(self) -> list[Paper]:
        """Who waits, in order."""
        return sorted((one for one in self.papers if one.status == "WAITLISTED"), key=lambda one: one.number)

    @property
    def taken(self) -> int:
        return sum(paper.status in HOLDS_A_SLOT for paper in self.papers)

    @property
    def is_full(self) -> bool:
        return self.slots is not None and self.taken >= self.slots

    @property
    def is_over(self) -> bool:
        return self.now >= ENDS

    @property
    def latest(self) -> datetime:
        return self.begins if self.now < self.begins else ENDS

    def say(self, what: str, paper: Paper) -> None:
        self.facts.append((what, next(number for number, one in enumerate(self.papers) if one is paper)))

    def put(self, paper: Paper, status: str) -> None:
        """Move the ticket; a slot that this frees is offered to the next who may have it."""
        had_slot = paper.status in HOLDS_A_SLOT
        paper.has_expired = paper.status == "OFFERED" and status == "CANCELLED" and paper.is_late(self.now)
        paper.status = status
        if status == "WAITLISTED":
            self.joined += 1
            paper.number = self.joined
        if status == "ISSUED":
            self.say("ISSUED", paper)
        if had_slot and status not in HOLDS_A_SLOT:
            self.offer(1)

    def offer(self, number: int | None = None) -> None:
        """Offer so many free slots, or all."""
        if self.is_over or self.is_canceled:
            return
        able = [paper for paper in self.line if paper.person not in self.unverified]
        while able and not self.is_full and (number is None or number > 0):
            number = None if number is None else number - 1
            paper = able.pop(0)
            paper.status, paper.deadline = "OFFERED", min(self.now + settings.OFFER_LIFETIME, self.latest)
            self.say("OFFERED", paper)

    def claim(self, person: int, *, joins: bool) -> Paper:
        own = [paper for paper in self.papers if paper.person == person]
        for paper in own:
            if paper.status in LIVE:
                return paper
        reasons = ["NOT_ELIGIBLE"] * any(paper.is_revoked for paper in own)
        reasons += ["EMAIL_NOT_VERIFIED"] * (person in self.unverified)
        reasons += ["CLOSED"] if self.is_canceled or self.is_over else ["FULL"] * (self.is_full and not joins)
        if reasons:
            raise No(reasons[0])
        paper = Paper(person)
        self.papers.append(paper)
        self.put(paper, "WAITLISTED" if self.is_full else "ISSUED")
        return paper

    def cancel(self, paper: Paper) -> None:
        if paper.status == "CANCELLED":
            return
        if paper.is_used or (paper.status == "ISSUED" and self.is_over):
            raise No("CLOSED")
        self.put(paper, "CANCELLED")

    def answer(self, paper: Paper, *, takes: bool) -> None:
        if paper.status == ("ISSUED" if takes else "CANCELLED"):
            return
        if paper.has_expired or (paper.status == "OFFERED" and paper.is_late(self.now)):
            raise No("EXPIRED")
        if paper.status != "OFFERED":
            raise No("CONFLICT")
        if takes and paper.person in self.unverified:
            raise No("EMAIL_NOT_VERIFIED")
        self.put(paper, "ISSUED" if takes else "CANCELLED")

    def revoke(self, paper: Paper) -> None:
        if paper.is_revoked:
            return
        if paper.status == "CANCELLED":
            raise No("CONFLICT")
        paper.is_revoked = True
        self.put(paper, "CANCELLED")
        self.say("REVOKED", paper)

    def change(self, *, slots: int | None, begins: datetime) -> None:
        if self.is_canceled or (begins != self.begins and self.is_over):
            raise No("CONFLICT")
        if slots is not None and slots < self.taken:
            raise No("CONFLICT")
        is_new, self.slots = slots != self.slots, slots
        if begins != self.begins:
            self.begins = begins
            for paper in self.papers:
                if paper.status == "OFFERED":
                    paper.deadline = min(paper.deadline or self.latest, self.latest)
        if is_new:
            self.offer()

    def cancel_event(self) -> None:
        if self.is_canceled:
            return
        if self.is_over:
            raise No("CONFLICT")
        self.is_canceled = True
        for paper in self.papers:
            paper.status = "CANCELLED"

    def leave(self, person: int) -> None:
        """The person deletes the account: the erasure first cancels the tickets that are still of use."""
        for paper in self.papers:
            if paper.person == person and paper.status in LIVE and not self.is_over:
                self.put(paper, "CANCELLED")

    def expire(self) -> None:
        overdue = [one for one in self.papers if one.status == "OFFERED" and one.is_late(self.now)]
        for paper in sorted(overdue, key=lambda one: one.deadline or self.now):
            self.put(paper, "CANCELLED")
            self.say("EXPIRED", paper)


FACTS = {
    "TicketIssued": "ISSUED",
    "TicketOffered": "OFFERED",
    "TicketOfferExpired": "EXPIRED",
    "TicketRevoked": "REVOKED",
}


class Tickets(ModelMachine):
    """The services and the model, side by side."""

    model: Model

    @initialize(slots=SLOTS, crowd=st.permutations(range(PEOPLE)))
    def begin(self, slots: int | None, crowd: list[int]) -> None:
        self.begin_at(START)
        self.model = Model(slots)
        self.event = EventFactory(event_date=BEGINS, end_date=ENDS, max_attendees=slots)
        self.owner = owner_of(self.event.organization)
        self.people: list[User] = [UserFactory() for _ in range(PEOPLE)]
        self.rows: list[int] = []
        for person in crowd[:-1]:
            self.claim(person, joins=True)

    def pick(self, data: st.DataObject, *likely: str) -> tuple[Paper, int, User]:
        """Choose a ticket, in the model and in the database, and its attendee; more often a likely one."""
        number = self.pick_number(data, self.model.papers, likely)
        paper = self.model.papers[number]
        return paper, self.rows[number], self.people[paper.person]

    @rule(person=st.integers(0, PEOPLE - 1), joins=st.sampled_from([True, True, False]))
    def claim(self, person: int, joins: bool) -> None:
        ticket = self.compare(
            lambda: self.model.claim(person, joins=joins),
            lambda: services.claim_ticket(actor=self.people[person], event_id=self.event.pk, join_waitlist=joins),
        )
        if ticket is not None and ticket.pk not in self.rows:
            self.rows.append(ticket.pk)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        paper, row, attendee = self.pick(data, "ISSUED", "OFFERED")
        cancel = partial(services.cancel_ticket, actor=attendee, ticket_id=row)
        self.compare(lambda: self.model.cancel(paper), cancel)

    @rule(data=st.data(), takes=st.booleans())
    def answer(self, data: st.DataObject, takes: bool) -> None:
        paper, row, attendee = self.pick(data, "OFFERED")
        answer = partial(services.answer_ticket_offer, actor=attendee, ticket_id=row, accept=takes)
        self.compare(lambda: self.model.answer(paper, takes=takes), answer)

    @precondition(lambda self: sum(paper.is_revoked for paper in self.model.papers) < 2)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        paper, row, _ = self.pick(data, "ISSUED", "WAITLISTED", "OFFERED")
        revoke = partial(services.revoke_ticket, actor=self.owner, ticket_id=row)
        self.compare(lambda: self.model.revoke(paper), revoke)

    @rule(slots=SLOTS, hours=st.sampled_from([0, 0, 1, -30]))
    def change_the_event(self, slots: int | None, hours: int) -> None:
        begins = BEGINS + timedelta(hours=hours)
        changes = services.EventChanges(event_date=begins, max_attendees=slots)
        self.compare(
            lambda: self.model.change(slots=slots, begins=begins),
            lambda: services.update_event(actor=self.owner, event_id=self.event.pk, changes=changes),
        )

    @rule(person=st.integers(0, PEOPLE - 1))
    def lose_or_prove_the_address(self, person: int) -> None:
        self.model.unverified ^= {person}
        is_verified = person not in self.model.unverified
        self.people[person].emailaddress_set.update(verified=is_verified)
        # As in each request: a person's row keeps the answer.
        self.people[person] = User.objects.get(pk=self.people[person].pk)

    @rule(data=st.data())
    def come(self, data: st.DataObject) -> None:
        """Somebody is checked in; the log of the door is another test's."""
        paper, row, _ = self.pick(data, "ISSUED")
        if paper.status == "ISSUED" and not paper.is_used:
            paper.is_used = True
            ticket = EventTicket.objects.get(pk=row)
            now = self.model.now
            EventTicket.objects.filter(pk=row).update(check_in_time=now, is_inside=True, last_passed_at=now)
            ScanFactory(ticket=ticket, scanned_at=now)

    @precondition(lambda self: len(self.model.facts) > 4)
    @rule(person=st.integers(0, PEOPLE - 1))
    def leave(self, person: int) -> None:
        self.model.leave(person)
        services.cancel_tickets(ErasedPerson(user_id=self.people[person].pk, closed_at=self.model.now))

    @precondition(lambda self: len(self.model.papers) > PEOPLE + 2)
    @rule()
    def cancel_the_event(self) -> None:
        cancel = partial(services.cancel_event, actor=self.owner, event_id=self.event.pk)
        self.compare(self.model.cancel_event, cancel)

    @rule(hours=st.sampled_from([1, 47, 48, 49]))
    def wait(self, hours: int) -> None:
        """Time passes; the task that expires offers may come late."""
        self.pass_time(self.model.now + timedelta(hours=hours))

    @precondition(lambda self: len(self.model.facts) > 4)
    @rule(moment=st.sampled_from([BEGINS - timedelta(days=3), BEGINS - timedelta(hours=1), BEGINS, ENDS]))
    def come_to_the_day(self, moment: datetime) -> None:
        """The day comes, begins, or ends."""
        self.pass_time(max(moment, self.model.now))

    @rule()
    def expire(self) -> None:
        self.model.expire()
        expire_ticket_offers()

    @invariant()
    def they_agree(self) -> None:
        if not hasattr(self, "people"):
            return
        event = Event.objects.get(pk=self.event.pk)
        assert event.tickets_taken == self.model.taken
        assert event.max_attendees == self.model.slots
        assert self.model.slots is None or self.model.taken <= self.model.slots
        rows = EventTicket.objects.in_bulk(self.rows)
        for paper, row in zip(self.model.papers, self.rows, strict=True):
            ticket = rows[row]
            assert (ticket.status, ticket.revoked_at is not None) == (paper.status, paper.is_revoked)
            if paper.status == "OFFERED":
                assert ticket.offer_expires_at == paper.deadline
            else:
                assert (ticket.offer_expires_at is not None) == paper.has_expired
        line = EventTicket.objects.waiting_for(event)
        assert [one.pk for one in line] == [self.rows[self.model.papers.index(paper)] for paper in self.model.line]
        assert EventTicket.objects.filter(event=event).count() == len(self.rows)
        told = [(FACTS[name], payload["ticket_id"]) for name, payload in published() if name in FACTS]
        assert told == [(what, self.rows[number]) for what, number in self.model.facts]
        assert_sound()


@pytest.mark.django_db
@pytest.mark.timeout(1800)  # less than a minute where nothing else runs
def test_tickets_offers_and_waitlist_never_diverge_from_the_model(settings: Any) -> None:
    settings.RATE_LIMITS = False  # of a person who claims again and again, in all the stories
    run_stories(Tickets)
