"""A phone at the door of an event: the check-in page in a browser, with a camera that a test holds tickets before."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect, sync_playwright

from tests.fake_camera import FakeCamera
from tests.graphiql import CHROMIUM
from tests.live_server import ARTIFACTS, LiveServer

#: A name of this machine that browsers do not trust without HTTPS.
PLAIN_HOST = "door.test"
SCANNER = "sam@door.example"
#: What Chromium reports where there is no network, and no HTTPS.
EXPECTED = "Failed to load resource|WebSocket connection|Cross-Origin-Opener-Policy"
PHONE = ViewportSize(width=390, height=844)
ATTENDEES = ("Maya Torres", "Jun Park", "Zoë Ndiaye", "Priya Raman", "Tomás Vega", "Noor Haddad")

#: Prints, for each name, an event with a ticket for each attendee, and a scanner who may check in at all of them.
MAKE_EVENTS = """
import json
import re
import time
import urllib.request
from base64 import b64encode
from domains.events import codes
from domains.opportunities.models import MembershipRole
from tests.factories import EventFactory, EventTicketFactory, HostMembershipFactory, OpportunityHostFactory, UserFactory
host = OpportunityHostFactory()
sam = UserFactory(email="{scanner}", display_name="Sam Scanner")
HostMembershipFactory(host=host, user=sam, role=MembershipRole.SCANNER)
UserFactory(email="passer-by@door.example", display_name="Passer By")
people = [
    UserFactory(email=f"attendee{{number}}@door.example", display_name=name)
    for number, name in enumerate({attendees})
]
made = {{}}
for name in {names}:
    event = EventFactory(
        now=True, organization=host, title="Harbor clean-up and neighborhood picnic", location="Pier 14, Embarcadero"
    )
    tickets = [EventTicketFactory(event=event, attendee=person) for person in people]
    made[name] = {{
        "pk": event.pk,
        "id": b64encode(f"Event:{{event.pk}}".encode()).decode(),
        "tickets": [[ticket.pk, codes.code_of(ticket), ticket.ticket_code] for ticket in tickets],
    }}
print(json.dumps(made))
"""
SCANS_OF = """
import json
import re
import time
import urllib.request
from domains.events.models import Scan
scans = Scan.objects.filter(event=%d).order_by("scanned_at")
print(json.dumps([[scan.ticket_id, scan.outcome, scan.direction, bool(scan.device_id)] for scan in scans]))
"""
REVOKE = """
from django.utils import timezone
from domains.events.models import EventTicket
now = timezone.now()
EventTicket.objects.filter(pk=%d).update(status="CANCELLED", cancelled_at=now, revoked_at=now)
"""
SET_STATUS = """
import json
from django.utils import timezone
from domains.events.models import Event
from tests.factories import owner_of
event = Event.objects.get(pk=%d)
event.status, event.cancelled_at = %r, timezone.now() if %r else None
event.save()
print(json.dumps(owner_of(event.organization).email))
"""
DEV_LOG_IN = """mutation ($input: DevLogInInput!) { devLogIn(input: $input) {
  ... on AuthSession { accessToken refreshToken user { displayName } } } }"""
MY_TICKETS = "{ me { tickets(first: 50) { edges { node { event { id } qrCode { url } } } } } }"
CHECK_IN = """mutation ($input: CheckInInput!) { checkIn(input: $input) {
  __typename ... on CheckInResult { outcome } ... on OperationInfo { messages { message } } } }"""

#: Chromium once kept the text of an answer in the color of the answer before it.
HAS_READABLE_TITLE = (
    "answer => getComputedStyle(answer.querySelector('.title')).color === getComputedStyle(answer).color"
)


@dataclass(frozen=True)
class Ticket:
    """A ticket as its holder shows it."""

    pk: int
    name: str
    #: What the QR code holds, and what is printed below it.
    qr: str
    code: str


@dataclass(frozen=True)
class DoorEvent:
    """An event whose door is open, with a ticket for each of ATTENDEES."""

    pk: int
    id: str
    tickets: list[Ticket]


@dataclass
class Doors:
    """A server with an event for each test."""

    server: LiveServer
    events: dict[str, DoorEvent]

    @classmethod
    def make(cls, server: LiveServer, *names: str) -> Doors:
        printed = server.run(MAKE_EVENTS.format(scanner=SCANNER, attendees=ATTENDEES, names=names))
        events = {
            name: DoorEvent(
                made["pk"],
                made["id"],
                [
                    Ticket(pk, attendee, qr, code)
                    for attendee, (pk, qr, code) in zip(ATTENDEES, made["tickets"], strict=True)
                ],
            )
            for name, made in json.loads(printed).items()
        }
        return cls(server, events)

    def log_in(self, email: str = SCANNER) -> dict[str, Any]:
        """Begin another session, and return it."""
        session: dict[str, Any] = self.server.ask(DEV_LOG_IN, input={"email": email})["data"]["devLogIn"]
        return session

    def check_in_elsewhere(self, event: DoorEvent, ticket: Ticket, *, nonce: str) -> str:
        """Check in at another door; return the outcome."""
        given = {"eventId": event.id, "code": ticket.qr, "nonce": nonce, "direction": "ENTRY"}
        token = self.log_in()["accessToken"]
        outcome: str = self.server.ask(CHECK_IN, token, input=given)["data"]["checkIn"]["outcome"]
        return outcome

    def image_of(self, event: DoorEvent, number: int) -> bytes:
        """Return the image of a ticket's QR code as its holder gets it."""
        token = self.log_in(f"attendee{number}@door.example")["accessToken"]
        answer = self.server.ask(MY_TICKETS, token)
        assert "errors" not in answer, answer
        edges = answer["data"]["me"]["tickets"]["edges"]
        (url,) = [edge["node"]["qrCode"]["url"] for edge in edges if edge["node"]["event"]["id"] == event.id]
        with urllib.request.urlopen(f"{self.server.url}{urlsplit(url).path}", timeout=20) as response:
            image: bytes = response.read()
            return image

    def revoke(self, ticket: Ticket) -> None:
        self.server.run(REVOKE % ticket.pk)

    def set_status(self, event: DoorEvent, status: str) -> str:
        """Change the status of an event, and return the address of an owner of its organization."""
        owner: str = json.loads(self.server.run(SET_STATUS % (event.pk, status, status == "CANCELLED")))
        return owner

    def scans(self, event: DoorEvent) -> list[tuple[int | None, str, str, bool]]:
        """Return what the server has stored: ticket, outcome, direction, and whether a device sent it afterwards."""
        return [
            (ticket, outcome, way, late)
            for ticket, outcome, way, late in json.loads(self.server.run(SCANS_OF % event.pk))
        ]


@dataclass
class Phone:
    """A browser with storage of its own, at the page of an event."""

    context: BrowserContext
    camera: FakeCamera
    url: str
    pages: list[Page] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _shown: str = ""
    _shown_at: dict[str, float] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self.pages[-1]

    @property
    def answer(self) -> Locator:
        return self.page.get_by_role("region", name="Answer")

    @property
    def last_scans(self) -> Locator:
        return self.page.get_by_role("region", name="Last scans").get_by_role("listitem")

    @property
    def line(self) -> Locator:
        return self.page.locator(".line")

    def open(self) -> None:
        """Open the page in a new window; one that was open is closed."""
        if self.pages:
            self.page.close()
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("websocket", lambda socket: self.addresses.append(socket.url))
        self.pages.append(page)
        page.goto(self.url)

    def log_in(self, session: dict[str, Any]) -> None:
        """Give the page a session as it keeps one, instead of filling in the form."""
        kept = {"displayName": session["user"]["displayName"], "refreshToken": session["refreshToken"]}
        self.context.add_init_script(
            f"if (!sessionStorage.given) localStorage.setItem('mishmob:door:session', {json.dumps(json.dumps(kept))}); "
            "sessionStorage.given = true"
        )

    def go_offline(self) -> None:
        self.context.set_offline(True)
        expect(self.line).to_contain_text("Offline")

    def go_online(self) -> None:
        self.context.set_offline(False)

    def scan(self, text: str, says: str, *, angle: float = 8, image: bytes | None = None) -> None:
        """Hold a ticket before the camera until the page says something about it."""
        before = self.last_scans.count()
        # The page takes the same code again after some seconds out of view.
        away = 4.3 if text == self._shown else 1.8
        time.sleep(max(0, self._shown_at.get(text, 0) + away - time.monotonic()))
        if image:
            self.camera.show_image(image, angle=angle)
        else:
            self.camera.show(text, angle=angle)
        expect(self.last_scans).to_have_count(before + 1)
        expect(self.answer).to_contain_text(says)
        assert self.answer.evaluate(HAS_READABLE_TITLE), "the text has the color of another answer"
        self.camera.show_nothing()
        self._shown, self._shown_at[text] = text, time.monotonic()

    def type(self, code: str, says: str) -> None:
        """Type a code, and wait for the answer."""
        before = self.last_scans.count()
        self.page.get_by_label("Or type the code").fill(code)
        self.page.get_by_role("button", name="Check", exact=True).click()
        expect(self.last_scans).to_have_count(before + 1)
        expect(self.answer).to_contain_text(says)

    def count(self, name: str) -> Locator:
        """Return the number above a name."""
        return self.page.locator(".counts > div", has_text=name).locator("dd")

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Keep a screenshot, and make sure that the page fits the screen."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        width = self.page.viewport_size
        assert width
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width["width"]
        self.page.screenshot(path=ARTIFACTS / f"door-{name}.png", full_page=whole, animations="disabled")

    def hosts(self) -> set[str]:
        """Return whom the page and its workers have asked."""
        return {urlsplit(address).netloc for address in self.addresses if not address.startswith(("data:", "blob:"))}


@contextmanager
def door_browser(server: LiveServer, folder: Path) -> Iterator[tuple[Browser, FakeCamera]]:
    """Open a browser with a fake camera, for which no host exists but the server's, by two names."""
    camera = FakeCamera(folder / "camera.y4m")
    host = urlsplit(server.url).hostname
    rules = f"MAP {PLAIN_HOST} {host}, MAP * ~NOTFOUND, EXCLUDE {host}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", f"--host-resolver-rules={rules}", *camera.arguments]
        )
        yield browser, camera
        browser.close()


@contextmanager
def phone_at(browser: Browser, camera: FakeCamera, url: str, *, may_film: bool = True) -> Iterator[Phone]:
    """Take a new phone; at the end it has asked nobody but the server, and complained about nothing but the network."""
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    if may_film:
        context.grant_permissions(["camera"])
    camera.show_nothing()
    phone = Phone(context, camera, url)
    # Those of service workers too.
    context.on("request", lambda request: phone.addresses.append(request.url))
    yield phone
    assert phone.hosts() == {urlsplit(url).netloc}, phone.addresses
    complaints = [one for one in phone.complaints if not re.search(EXPECTED, one)]
    assert not complaints, complaints
    context.close()
