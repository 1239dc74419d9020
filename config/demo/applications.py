"""Applications, each with the history that leads to its status; the slots taken are counted with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from config.demo.community import Community, LoadedOpportunity, read_content
from domains.accounts.models import User
from domains.accounts.policies import can_volunteer
from domains.opportunities.models import (
    SLOT_HOLDING_STATUSES,
    Application,
    ApplicationHistory,
    OpportunityStatus,
    Role,
)
from domains.opportunities.models import ApplicationStatus as Status

#: The moves that lead to each status, by whether a coordinator decides.
STATUS_PATHS: dict[bool, dict[Status, tuple[Status, ...]]] = {
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
SYSTEM_STATUSES = (Status.OFFERED, Status.EXPIRED, Status.CANCELLED)
#: Random outcomes: (is over, needs approval) -> statuses and their weights.
STATUS_WEIGHTS: dict[tuple[bool, bool], dict[Status, int]] = {
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
        content = read_content("applications")
        self.community = community
        self.chosen: list[dict[str, Any]] = content["chosen"]
        self.decline_reasons: list[str] = content["no"]
        self.default_decline_reason: str = content["no_more"]
        self.letters = {
            (kind, who): letter for kind, letters in read_content("letters").items() for who, letter in letters
        }
        self.busy_times: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        self.slots_taken: Counter[int] = Counter()
        self.moves: list[ApplicationHistory] = []

    def load(self) -> None:
        """Add the required applications first, then random ones."""
        for entry in self.chosen:
            loaded = self.community.find_opportunity(entry["about"], entry["area"], entry.get("nth", 0))
            self.add(loaded, loaded.roles[entry["role"]], entry["who"], Status(entry["status"]), entry.get("letter"))
        for loaded in self.community.opportunities:
            if loaded.opportunity.status in (OpportunityStatus.OPEN, OpportunityStatus.CLOSED):
                self.fill(loaded)
        Application.objects.bulk_create(self.community.applications)
        ApplicationHistory.objects.bulk_create(self.moves)
        roles = [role for loaded in self.community.opportunities for role in loaded.roles.values()]
        for role in roles:
            role.slots_taken = self.slots_taken[role.pk]
        Role.objects.bulk_update([role for role in roles if role.slots_taken], ["slots_taken"])

    def fill(self, loaded: LoadedOpportunity) -> None:
        """Let some of the people nearby apply for some of the roles."""
        is_over = loaded.opportunity.status == OpportunityStatus.CLOSED
        for role in loaded.roles.values():
            wanted = self.community.rng.choice((2, 3, 4) if is_over else (0, 0, 1, 1, 2))
            weights = STATUS_WEIGHTS[is_over, role.requires_approval]
            for who in list(self.candidates(loaded, role))[:wanted]:
                (status,) = self.community.rng.choices(list(weights), list(weights.values()))
                self.add(loaded, role, who, self.available_status(role, status))

    def candidates(self, loaded: LoadedOpportunity, role: Role) -> Iterator[str]:
        """Yield the people who could take the role, first the people with a letter for it."""
        people = self.community.people_near(loaded.area)
        self.community.rng.shuffle(people)
        people.sort(key=lambda who: (loaded.kind, who) not in self.letters)
        applied = {application.volunteer for application in self.community.applications if application.role == role}
        members = self.community.members(f"{loaded.kind}-{loaded.area}")
        for who in people:
            user = self.community.users[who]
            is_free = user not in applied and who not in members and not self.overlaps(loaded, who)
            if (
                is_free
                and can_volunteer(user)
                and loaded.required_skills[role.title] <= self.community.skill_names[who]
            ):
                yield who

    def overlaps(self, loaded: LoadedOpportunity, who: str) -> bool:
        """Return whether this person is busy at the time."""
        start, end = loaded.opportunity.start_date, loaded.opportunity.end_date
        if end - start > ONE_DAY:
            return False
        return any(start < other_end and other_start < end for other_start, other_end in self.busy_times[who])

    def available_status(self, role: Role, status: Status) -> Status:
        """Return the status, or another one if every slot is taken."""
        if status in SLOT_HOLDING_STATUSES and self.slots_taken[role.pk] >= role.slots_available:
            return Status.DECLINED if status == Status.COMPLETED and role.requires_approval else Status.WAITLISTED
        return status

    def add(self, loaded: LoadedOpportunity, role: Role, who: str, status: Status, letter: str | None = None) -> None:
        """Add one application with its moves, and count its slot."""
        user, opportunity = self.community.users[who], loaded.opportunity
        paths = STATUS_PATHS[role.requires_approval]
        path = (Status.APPLIED, *paths.get(status, (status,))) if role.requires_approval else paths[status]
        times = self.times(loaded, len(path), completes=status == Status.COMPLETED)
        application = Application(
            role=role,
            volunteer=user,
            status=status,
            cover_letter=letter or self.letters.pop((loaded.kind, who), ""),
            submitted_at=times[0],
            waitlisted_at=times[path.index(Status.WAITLISTED)] if Status.WAITLISTED in path else None,
            offer_expires_at=self.offer_deadline(path, times),
        )
        self.community.applications.append(application)
        self.slots_taken[role.pk] += status in SLOT_HOLDING_STATUSES
        if opportunity.end_date - opportunity.start_date <= ONE_DAY:
            self.busy_times[who].append((opportunity.start_date, opportunity.end_date))
        previous = None
        for moved, at in zip(path, times, strict=True):
            self.moves.append(
                ApplicationHistory(
                    application=application,
                    from_status=previous,
                    to_status=moved,
                    actor=self.find_actor(loaded, user, previous, moved),
                    reason=self.decline_reason(moved),
                    at=at,
                )
            )
            previous = moved

    def times(self, loaded: LoadedOpportunity, number: int, *, completes: bool) -> list[datetime]:
        """Return the times of the moves, in order, all in the past."""
        opportunity, now = loaded.opportunity, self.community.now
        latest = min(now - timedelta(hours=1), opportunity.start_date - timedelta(hours=6))
        times = sorted(self.community.random_time_between(opportunity.created_at, latest) for _ in range(number))
        if completes:
            times[-1] = min(opportunity.end_date + timedelta(hours=3), now - timedelta(minutes=5))
        return times

    def offer_deadline(self, path: tuple[Status, ...], times: list[datetime]) -> datetime | None:
        """Return the deadline of the offer: in the future, or the time at which the application expired."""
        if path[-1] == Status.EXPIRED:
            return times[-1]
        return self.community.now + timedelta(hours=40) if path[-1] == Status.OFFERED else None

    def find_actor(self, loaded: LoadedOpportunity, user: User, previous: Status | None, moved: Status) -> User | None:
        """Return the person who made the move: the volunteer or the host's owner; None for the system."""
        if previous is None or moved == Status.WITHDRAWN:
            return user
        return None if moved in SYSTEM_STATUSES else self.community.owner(f"{loaded.kind}-{loaded.area}")

    def decline_reason(self, moved: Status) -> str:
        """Return a coordinator's reason for a rejection, a different one each time as long as there are some."""
        if moved != Status.DECLINED:
            return ""
        return self.decline_reasons.pop(0) if self.decline_reasons else self.default_decline_reason


def load_applications(community: Community) -> None:
    """Load applications and the hosts' decisions, with counts that agree."""
    Applications(community).load()
