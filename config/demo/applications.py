"""Applications, each with the history that leads to its status; the slots taken are counted with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from config.demo.community import Community, Offer, read
from domains.accounts.models import User
from domains.accounts.policies import can_volunteer
from domains.opportunities.models import (
    PLACE_STATUSES,
    Application,
    ApplicationHistory,
    OpportunityStatus,
    Role,
)
from domains.opportunities.models import ApplicationStatus as Status

#: The moves that lead to each status, by whether a coordinator decides.
WAYS: dict[bool, dict[Status, tuple[Status, ...]]] = {
    True: {
        Status.APPLIED: (),
        Status.COMPLETED: (Status.ACCEPTED, Status.COMPLETED),
        Status.OFFERED: (Status.WAITLISTED, Status.OFFERED),
        Status.EXPIRED: (Status.WAITLISTED, Status.OFFERED, Status.EXPIRED),
    },
    False: {
        Status.ACCEPTED: (Status.ACCEPTED,),
        Status.WAITLISTED: (Status.WAITLISTED,),
        Status.WITHDRAWN: (Status.ACCEPTED, Status.WITHDRAWN),
        Status.CANCELLED: (Status.ACCEPTED, Status.CANCELLED),
        Status.COMPLETED: (Status.ACCEPTED, Status.COMPLETED),
        Status.OFFERED: (Status.WAITLISTED, Status.OFFERED),
        Status.EXPIRED: (Status.WAITLISTED, Status.OFFERED, Status.EXPIRED),
    },
}
#: Moves that the system makes.
BY_ITSELF = (Status.OFFERED, Status.EXPIRED, Status.CANCELLED)
#: Random outcomes: (is over, needs approval) -> statuses and their weights.
OUTCOMES: dict[tuple[bool, bool], dict[Status, int]] = {
    (False, True): {
        Status.APPLIED: 9,
        Status.SHORTLISTED: 3,
        Status.ACCEPTED: 7,
        Status.DECLINED: 1,
        Status.WITHDRAWN: 1,
    },
    (False, False): {Status.ACCEPTED: 10, Status.WITHDRAWN: 1},
    (True, True): {Status.COMPLETED: 6, Status.DECLINED: 1},
    (True, False): {Status.COMPLETED: 7, Status.WITHDRAWN: 1},
}
#: The longest opportunity that takes up a person's whole time; longer ones may overlap with others.
ONE_DAY = timedelta(days=1)


class Applications:
    """The applications so far, and each person's busy times."""

    def __init__(self, community: Community) -> None:
        content = read("applications")
        self.community = community
        self.chosen: list[dict[str, Any]] = content["chosen"]
        self.no: list[str] = content["no"]
        self.no_more: str = content["no_more"]
        self.letters = {(kind, who): letter for kind, letters in read("letters").items() for who, letter in letters}
        self.busy: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        self.taken: Counter[int] = Counter()
        self.moves: list[ApplicationHistory] = []

    def load(self) -> None:
        """Add the required applications first, then random ones."""
        for wish in self.chosen:
            offer = self.community.offer(wish["about"], wish["area"], wish.get("nth", 0))
            self.add(offer, offer.roles[wish["role"]], wish["who"], Status(wish["status"]), wish.get("letter"))
        for offer in self.community.offers:
            if offer.opportunity.status in (OpportunityStatus.OPEN, OpportunityStatus.CLOSED):
                self.fill(offer)
        Application.objects.bulk_create(self.community.applications)
        ApplicationHistory.objects.bulk_create(self.moves)
        roles = [role for offer in self.community.offers for role in offer.roles.values()]
        for role in roles:
            role.slots_taken = self.taken[role.pk]
        Role.objects.bulk_update([role for role in roles if role.slots_taken], ["slots_taken"])

    def fill(self, offer: Offer) -> None:
        """Let some of the people nearby apply for some of the roles."""
        is_over = offer.opportunity.status == OpportunityStatus.CLOSED
        for role in offer.roles.values():
            wanted = self.community.chance.choice((2, 3, 4) if is_over else (0, 0, 1, 1, 2))
            chances = OUTCOMES[is_over, role.requires_approval]
            for who in list(self.candidates(offer, role))[:wanted]:
                (status,) = self.community.chance.choices(list(chances), list(chances.values()))
                self.add(offer, role, who, self.possible(role, status))

    def candidates(self, offer: Offer, role: Role) -> Iterator[str]:
        """Yield the people who could take the role, first the people with a letter for it."""
        people = self.community.people_near(offer.area)
        self.community.chance.shuffle(people)
        people.sort(key=lambda who: (offer.kind, who) not in self.letters)
        applied = {application.volunteer for application in self.community.applications if application.role == role}
        members = self.community.members(f"{offer.kind}-{offer.area}")
        for who in people:
            user = self.community.users[who]
            is_free = user not in applied and who not in members and not self.overlaps(offer, who)
            if is_free and can_volunteer(user) and offer.needs[role.title] <= self.community.abilities[who]:
                yield who

    def overlaps(self, offer: Offer, who: str) -> bool:
        """Return whether this person is busy at the time."""
        start, end = offer.opportunity.start_date, offer.opportunity.end_date
        if end - start > ONE_DAY:
            return False
        return any(start < other_end and other_start < end for other_start, other_end in self.busy[who])

    def possible(self, role: Role, status: Status) -> Status:
        """Return the status, or another one if every slot is taken."""
        if status in PLACE_STATUSES and self.taken[role.pk] >= role.slots_available:
            return Status.DECLINED if status == Status.COMPLETED and role.requires_approval else Status.WAITLISTED
        return status

    def add(self, offer: Offer, role: Role, who: str, status: Status, letter: str | None = None) -> None:
        """Add one application with its moves, and count its slot."""
        user, opportunity = self.community.users[who], offer.opportunity
        ways = WAYS[role.requires_approval]
        path = (Status.APPLIED, *ways.get(status, (status,))) if role.requires_approval else ways[status]
        times = self.times(offer, len(path), completes=status == Status.COMPLETED)
        application = Application(
            role=role,
            volunteer=user,
            status=status,
            cover_letter=letter or self.letters.pop((offer.kind, who), ""),
            submitted_at=times[0],
            waitlisted_at=times[path.index(Status.WAITLISTED)] if Status.WAITLISTED in path else None,
            offer_expires_at=self.offer_ends(path, times),
        )
        self.community.applications.append(application)
        self.taken[role.pk] += status in PLACE_STATUSES
        if opportunity.end_date - opportunity.start_date <= ONE_DAY:
            self.busy[who].append((opportunity.start_date, opportunity.end_date))
        previous = None
        for moved, at in zip(path, times, strict=True):
            self.moves.append(
                ApplicationHistory(
                    application=application,
                    from_status=previous,
                    to_status=moved,
                    actor=self.mover(offer, user, previous, moved),
                    reason=self.reason(moved),
                    at=at,
                )
            )
            previous = moved

    def times(self, offer: Offer, number: int, *, completes: bool) -> list[datetime]:
        """Return the times of the moves, in order, all in the past."""
        opportunity, now = offer.opportunity, self.community.now
        latest = min(now - timedelta(hours=1), opportunity.start_date - timedelta(hours=6))
        times = sorted(self.community.between(opportunity.created_at, latest) for _ in range(number))
        if completes:
            times[-1] = min(opportunity.end_date + timedelta(hours=3), now - timedelta(minutes=5))
        return times

    def offer_ends(self, path: tuple[Status, ...], times: list[datetime]) -> datetime | None:
        """Return the deadline of the offer: in the future, or the time at which the application expired."""
        if path[-1] == Status.EXPIRED:
            return times[-1]
        return self.community.now + timedelta(hours=40) if path[-1] == Status.OFFERED else None

    def mover(self, offer: Offer, user: User, previous: Status | None, moved: Status) -> User | None:
        """Return the person who made the move: the volunteer or the host's owner; None for the system."""
        if previous is None or moved == Status.WITHDRAWN:
            return user
        return None if moved in BY_ITSELF else self.community.owner(f"{offer.kind}-{offer.area}")

    def reason(self, moved: Status) -> str:
        """Return a coordinator's reason for a rejection, a different one each time as long as there are some."""
        if moved != Status.DECLINED:
            return ""
        return self.no.pop(0) if self.no else self.no_more


def load_applications(community: Community) -> None:
    """Load applications and the hosts' decisions, with counts that agree."""
    Applications(community).load()
