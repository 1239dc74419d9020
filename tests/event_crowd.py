"""An event in a server's database, with scanners who are logged in and people with tickets, for tests over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.live_server import LiveServer

#: Makes an event that goes on now, its scanners and tickets in the server's database; prints what clients need.
_MAKE = """
import json
from uuid import uuid4
from django.utils import timezone
from domains.accounts import tokens
from domains.accounts.models import Session, User
from domains.events import codes
from domains.events.models import Event, EventTicket
from tests.api import gid
from tests.factories import EventFactory, HostMembershipFactory, UserFactory
def person():
    return UserFactory(email=uuid4().hex + "@crowd.example", password=None)
host = HostMembershipFactory(user=person(), role="OWNER").host
event = EventFactory(now=True, max_attendees=None, organization=host)
scanners = [HostMembershipFactory(host=host, user=person(), role="SCANNER").user for _ in range({scanners})]
people = User.objects.bulk_create(
    User(email=uuid4().hex + "@crowd.example", display_name="Guest " + str(number)) for number in range({tickets})
)
tickets = EventTicket.objects.bulk_create(
    EventTicket(event=event, attendee=one, issued_at=timezone.now()) for one in people
)
Event.objects.filter(pk=event.pk).update(tickets_taken=len(tickets))
def token(person):
    return tokens.issue_tokens(Session.objects.create(user=person)).access_token
print(json.dumps(dict(
    pk=event.pk, event=gid(event), scanners=[token(one) for one in scanners],
    codes=[codes.code_of(one) for one in tickets],
)))
"""


@dataclass(frozen=True)
class EventCrowd:
    """An event that goes on now, the tokens of its scanners, and the codes of its tickets."""

    pk: int
    event: str
    scanners: list[str]
    codes: list[str]

    @classmethod
    def at(cls, server: LiveServer, *, tickets: int, scanners: int = 1) -> EventCrowd:
        """Make one in the server's database."""
        return cls(**json.loads(server.run(_MAKE.format(tickets=tickets, scanners=scanners))))

    def scan(self, number: int = 0, **more: Any) -> dict[str, Any]:
        """Return the input of `checkIn` for one of the tickets."""
        return {"eventId": self.event, "code": self.codes[number], "nonce": str(uuid4()), "direction": "ENTRY", **more}
