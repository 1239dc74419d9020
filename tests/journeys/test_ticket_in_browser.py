"""A ticket as its holder meets it: in a browser, on a phone in the dark, on paper, in a mail, and in a calendar."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pypdf import PdfReader

from tests.icalendars import entries_of
from tests.live_server import ARTIFACTS, LiveServer
from tests.qr_codes import check_alone, read_image

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="needs a browser: apt-get install chromium"
)

PHONE = {"width": 390, "height": 844}
#: A sheet of A4 at 96 pixels an inch.
SHEET = {"width": 794, "height": 1123}
LOG_IN = "mutation ($email: String!) { devLogIn(input: {email: $email}) { ... on AuthSession { accessToken } } }"
CREATE = """mutation ($input: CreateEventInput!) {
  createEvent(input: $input) {
    __typename ... on Event { id calendarUrl } ... on OperationInfo { messages { message } }
  }
}"""
CLAIM = """mutation ($input: ClaimTicketInput!) {
  claimTicket(input: $input) { __typename ... on EventTicket { id ticketCode pageUrl qrCode { url svgUrl } } }
}"""
ROTATE = """mutation ($input: RotateTicketInput!) {
  rotateTicket(input: $input) { __typename ... on EventTicket { id ticketCode pageUrl qrCode { url svgUrl } } }
}"""
CANCEL = "mutation ($input: CancelEventInput!) { cancelEvent(input: $input) { __typename } }"
TICKETS = "{ me { calendarFeedUrl tickets(first: 1) { edges { node { pageUrl } } } } }"
NEW_FEED = "mutation { rotateCalendarFeed { ... on CalendarFeed { url } } }"
LONG_EVENT = {
    "title": "Neighborhood clean-up of the whole creek, with breakfast, tools and a band for everybody who comes " * 2,
    "location": "Between the footbridge behind the library and the old mill, on the side with the willows, " * 3,
}


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mails")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, mails: Path) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("tickets")
    server = LiveServer(
        "tickets", DATABASE_URL=f"sqlite:///{folder / 'tickets.sqlite3'}", EMAIL_URL=f"filemail://{mails}"
    )
    server.fill(demo=True)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def log_in(server: LiveServer, name: str) -> str:
    token: str = server.ask(LOG_IN, email=f"{name}@demo.example")["data"]["devLogIn"]["accessToken"]
    return token


def claim(server: LiveServer, **event: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let the host publish an event, and the volunteer claim a ticket; return the event and the ticket."""
    day = {"eventDate": "2031-06-14T10:00:00-07:00", "endDate": "2031-06-14T13:00:00-07:00"}
    given = {
        "title": "Saturday picnic in the park",
        "description": "Bring a plate and a neighbor.",
        "eventType": "COMMUNITY",
        "location": "Precita Park, by the playground",
        "locationZip": "94110",
        **day,
        **{name: text[:200] if name == "title" else text[:300] for name, text in event.items()},
    }
    made = server.ask(CREATE, log_in(server, "host"), input=given)["data"]["createEvent"]
    assert made["__typename"] == "Event", made
    ticket = server.ask(CLAIM, log_in(server, "volunteer"), input={"eventId": made["id"]})["data"]["claimTicket"]
    assert ticket["__typename"] == "EventTicket", ticket
    return made, ticket


def the_mail(mails: Path, words: str) -> EmailMessage:
    """Wait for the one mail with these words, and return it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = [file for file in mails.iterdir() if words in file.read_text()]
        if found:
            (file,) = found
            message = message_from_bytes(file.read_bytes().partition(b"\n" + b"-" * 79)[0], policy=default)
            assert isinstance(message, EmailMessage)
            return message
        time.sleep(0.1)
    raise AssertionError("the mail did not come")


def group(code: str) -> str:
    return "-".join(re.findall("....", code))


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


def picture_of(page: Page, name: str) -> Path:
    """Keep a picture of the page, as it is on the screen, and return its file."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    file = ARTIFACTS / f"ticket-{name}.png"
    page.screenshot(path=file, full_page=True)
    return file


def public_key(server: LiveServer) -> str:
    return server.run("from domains.base import signing; print(signing.public_key('ticket').pem)")


def test_a_ticket_is_scanned_from_a_phone_from_paper_and_from_its_images(
    server: LiveServer, browser: Browser, tmp_path: Path
) -> None:
    _, ticket = claim(server)
    page = browser.new_page(viewport=PHONE, device_scale_factor=2)  # type: ignore[arg-type] # a dict will do
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(ticket["pageUrl"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Saturday picnic in the park")
    for words in ("Saturday, 14 June 2031", "10:00 to 13:00 PDT", "Maya Torres", group(ticket["ticketCode"])):
        expect(page.get_by_text(words)).to_be_visible()
    # It asked for nothing but itself, and the policy let its style be.
    assert [urlsplit(url).path for url in asked if not url.startswith("data:")] == [urlsplit(ticket["pageUrl"]).path]
    assert complaints == []
    code = read_image(picture_of(page, "phone"))
    claims = check_alone(code, public_key(server))
    assert set(claims) == {"aud", "sub", "jti"}
    # The whole ticket is one screen of a phone.
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [PHONE["width"], PHONE["height"]]
    page.emulate_media(color_scheme="dark")
    assert read_image(picture_of(page, "phone-dark")) == code
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1100, "height": 900})
    assert read_image(picture_of(page, "desktop")) == code

    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size(SHEET)  # type: ignore[arg-type]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert read_image(picture_of(page, "print")) == code
    page.pdf(path=ARTIFACTS / "ticket.pdf", format="A4")
    sheets = PdfReader(ARTIFACTS / "ticket.pdf").pages
    assert len(sheets) == 1
    assert group(ticket["ticketCode"]) in sheets[0].extract_text()
    (image,) = sheets[0].images
    (tmp_path / "printed.png").write_bytes(image.data)
    assert read_image(tmp_path / "printed.png") == code

    page.emulate_media(media="screen", color_scheme="light")
    for form in ("url", "svgUrl"):
        # As a frontend elsewhere shows it.
        page.set_content(f'<img src="{ticket["qrCode"][form]}" width="600">', wait_until="load")
        assert read_image(picture_of(page, f"qr-{'png' if form == 'url' else 'svg'}")) == code


def test_a_ticket_with_the_longest_texts_is_still_one_sheet_and_scanned(server: LiveServer, browser: Browser) -> None:
    _, ticket = claim(server, **LONG_EVENT)
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.goto(ticket["pageUrl"])
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    code = read_image(picture_of(page, "long-phone"))
    check_alone(code, public_key(server))
    page.pdf(path=ARTIFACTS / "ticket-long.pdf", format="A4")
    assert len(PdfReader(ARTIFACTS / "ticket-long.pdf").pages) == 1


def test_the_mail_brings_the_ticket_and_its_page_works_without_a_network(
    server: LiveServer, browser: Browser, mails: Path, tmp_path: Path
) -> None:
    event, ticket = claim(server, title="Evening choir in the hall")
    mail = the_mail(mails, group(ticket["ticketCode"]))
    assert mail["Subject"] == "Your ticket: Evening choir in the hall"
    attached = {part.get_filename(): part for part in mail.iter_attachments()}
    assert set(attached) == {"Ticket Evening choir in the hall.html", "Evening choir in the hall.ics"}
    file = tmp_path / "ticket.html"
    file.write_text(attached["Ticket Evening choir in the hall.html"].get_content())
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.context.set_offline(True)
    page.goto(file.as_uri())
    code = read_image(picture_of(page, "attached-offline"))
    check_alone(code, public_key(server))
    page.context.set_offline(False)

    with urllib.request.urlopen(event["calendarUrl"]) as response:
        (public,) = entries_of(response.read())
    feed = server.ask(TICKETS, log_in(server, "volunteer"))["data"]["me"]["calendarFeedUrl"]
    with urllib.request.urlopen(feed) as response:
        uids = [entry["UID"] for entry in entries_of(response.read())]
    content = attached["Evening choir in the hall.ics"].get_payload(decode=True)
    assert isinstance(content, bytes)
    (entry,) = entries_of(content)
    assert entry["UID"] == public["UID"]
    assert uids.count(entry["UID"]) == 1

    body = mail.get_body(("plain",))
    assert body
    (link,) = re.findall(r"http\S+/tickets/\S+", body.get_content())
    page.goto(link)
    assert read_image(picture_of(page, "from-mail")) == code


def test_a_rotated_and_then_a_canceled_ticket_lets_nobody_in(server: LiveServer, browser: Browser, mails: Path) -> None:
    event, ticket = claim(server, title="Book swap")
    volunteer = log_in(server, "volunteer")
    old_mail = the_mail(mails, group(ticket["ticketCode"])).get_body(("plain",))
    assert old_mail
    (old_link,) = re.findall(r"http\S+/tickets/\S+", old_mail.get_content())
    new = server.ask(ROTATE, volunteer, input={"ticketId": ticket["id"]})["data"]["rotateTicket"]
    for url in (ticket["pageUrl"], *ticket["qrCode"].values(), old_link):
        assert status_of(url) == 404
    new_mail = the_mail(mails, group(new["ticketCode"])).get_body(("plain",))
    assert new_mail
    (new_link,) = re.findall(r"http\S+/tickets/\S+", new_mail.get_content())
    assert [status_of(url) for url in (new["pageUrl"], new_link)] == [200, 200]

    reason = {"eventId": event["id"], "reason": "The hall has no heating."}
    assert server.ask(CANCEL, log_in(server, "host"), input=reason)["data"]["cancelEvent"]["__typename"] == "Event"
    assert [status_of(url) for url in (*new["qrCode"].values(), new_link)] == [404, 404, 410]
    page = browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.goto(new["pageUrl"])
    expect(page.get_by_role("status")).to_contain_text("This event was canceled")
    expect(page.get_by_role("status")).to_contain_text("The hall has no heating.")
    expect(page.get_by_role("img", name="QR code")).to_have_count(0)
    picture_of(page, "canceled")
    page.goto(new_link)
    expect(page.get_by_role("heading")).to_have_text("This ticket is no longer valid")
    picture_of(page, "gone")


def test_a_feed_is_replaced_and_no_log_has_a_token(server: LiveServer) -> None:
    volunteer = log_in(server, "volunteer")
    _, ticket = claim(server, title="Seed library")
    old = server.ask(TICKETS, volunteer)["data"]["me"]["calendarFeedUrl"]
    assert status_of(old) == 200
    new = server.ask(NEW_FEED, volunteer)["data"]["rotateCalendarFeed"]["url"]
    assert [status_of(url) for url in (old, new)] == [404, 200]
    expired = f"{ticket['pageUrl'][:-6]}AAAAAA"
    assert [status_of(url) for url in (expired, f"{expired}/qr.png")] == [404, 404]
    log = server.log.read_text()
    assert "/calendar/feeds/…" in log
    assert "/tickets/…" in log
    for url in (old, new, expired, ticket["pageUrl"]):
        assert urlsplit(url).path.split("/")[-1][:30] not in log
    for code in (ticket["ticketCode"], group(ticket["ticketCode"])):
        assert code not in log
    assert json.dumps(ticket["ticketCode"]) not in log
