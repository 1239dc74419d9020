"""The check-in page as volunteers at the door use it: on a phone, with a camera, with and without network."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests import authenticator_app
from tests.door_phone import PLAIN_HOST, SCANNER, DoorEvent, Doors, Phone, door_browser, phone_at
from tests.factories import PASSWORD
from tests.fake_camera import FakeCamera
from tests.graphiql import needs_chromium
from tests.live_server import LiveServer

pytestmark = needs_chromium
expect.set_options(timeout=20_000)

EVENTS = ("entry", "exit", "offline", "lost", "ended", "plain", "alone", "camera", "queue", "hangs", "status")
START_TOTP = "mutation { startTotp { ... on TotpSetup { secret } } }"
CONFIRM_TOTP = """mutation ($input: ConfirmTotpInput!) { confirmTotp(input: $input) {
  ... on RecoveryCodes { codes } } }"""
LOG_OUT = "mutation ($input: LogOutInput!) { logOut(input: $input) { __typename } }"
#: Chromium as it is in older browsers.
NO_ED25519 = """
const original = crypto.subtle.importKey.bind(crypto.subtle)
crypto.subtle.importKey = async (format, key, algorithm, ...more) => {
  if (algorithm === 'Ed25519') throw new DOMException('no such algorithm', 'NotSupportedError')
  return original(format, key, algorithm, ...more)
}
"""
TORCH = """
navigator.vibrate = (pattern) => { window.felt = pattern }
const capabilities = MediaStreamTrack.prototype.getCapabilities
MediaStreamTrack.prototype.getCapabilities = function () { return { ...capabilities.call(this), torch: true } }
MediaStreamTrack.prototype.applyConstraints = async (given) => { window.given = given }
"""
NO_CAMERA = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s') }"
#: Puts entries and exits of a ticket into the queue, one of which has a nonce that is too long.
FILL_QUEUE = """({ eventId, code, number }) => new Promise((done) => {
  indexedDB.open('mishmob-door').onsuccess = ({ target: { result: db } }) => {
    const writing = db.transaction('scans', 'readwrite')
    for (let index = 0; index < number; index += 1) {
      writing.objectStore('scans').put({
        nonce: index === 300 ? 'n'.repeat(65) : `queue-${index}`, eventId, code, shown: 'pass',
        direction: index % 2 ? 'EXIT' : 'ENTRY',
        scannedAt: new Date(Date.now() - (number - index) * 1000).toISOString(),
      })
    }
    writing.oncomplete = () => { db.close(); done() }
  }
})"""
KEPT = """async () => [
  ...Object.keys(localStorage).filter((key) => key.startsWith('mishmob:door')),
  ...await caches.keys(),
  ...(await indexedDB.databases()).map(({ name }) => name),
  ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
]"""


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A server with an event for each test."""
    folder = tmp_path_factory.mktemp("door")
    server = LiveServer(
        "door",
        DATABASE_URL=f"sqlite:///{folder / 'door.sqlite3'}",
        EMAIL_URL=f"filemail://{folder / 'mail'}",
        ALLOWED_HOSTS=f"127.0.0.1,{PLAIN_HOST}",
        PUBLIC_URL="https://community.example.org",
    )
    server.fill()
    doors = Doors.make(server, *EVENTS)
    server.start()
    yield doors
    server.kill()


@pytest.fixture(scope="module")
def browser(doors: Doors, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, FakeCamera]]:
    with door_browser(doors.server, tmp_path_factory.mktemp("camera")) as opened:
        yield opened


def address(doors: Doors, event: DoorEvent) -> str:
    return f"{doors.server.url}/scan/{event.id}"


def test_a_scanner_logs_in_and_the_counts_of_several_phones_agree(
    doors: Doors, browser: tuple[Browser, FakeCamera]
) -> None:
    event = doors.events["entry"]
    maya, jun, *_ = event.tickets
    with phone_at(*browser, address(doors, event)) as phone:
        phone.open()
        page = phone.page
        for password, says in (("a wrong password", "password"), (PASSWORD, "")):
            page.get_by_label("Email").fill(SCANNER)
            page.get_by_label("Password").fill(password)
            phone.picture("log-in")
            page.get_by_role("button", name="Log in").click()
            if says:
                expect(page.get_by_role("alert").first).to_contain_text(says)
        expect(page.get_by_role("heading", level=1)).to_have_text("Harbor clean-up and neighborhood picnic")
        expect(phone.line).to_have_text("Online")
        expect(phone.answer).to_contain_text("Hold the QR code of a ticket")
        expect(phone.count("Tickets")).to_have_text("6")
        expect(phone.count("Checked in")).to_have_text("0")

        phone.scan(maya.qr, "Come in", angle=-35, image=doors.image_of(event, 0))
        expect(phone.answer).to_contain_text("Maya Torres")
        expect(phone.count("Checked in")).to_have_text("1")
        phone.picture("admitted")
        # Another phone: the counts agree without a reload.
        assert doors.check_in_elsewhere(event, jun, nonce="elsewhere") == "ADMITTED"
        expect(phone.count("Checked in")).to_have_text("2")
        expect(phone.count("Inside now")).to_have_text("2")

        phone.scan(jun.qr, "Already inside", angle=45)
        expect(phone.answer).to_contain_text(re.compile(r"Jun Park.*first came in at \d+:\d\d"))
        phone.picture("already-inside")
    assert [late for *_, late in doors.scans(event)] == [False] * 3


def test_each_refusal_says_why_and_codes_are_typed_too(doors: Doors, browser: tuple[Browser, FakeCamera]) -> None:
    event, other = doors.events["exit"], doors.events["offline"]
    maya, _, zoe, priya, tomas, noor = event.tickets
    doors.revoke(tomas)
    with phone_at(*browser, address(doors, event)) as phone:
        phone.log_in(doors.log_in())
        phone.open()
        page = phone.page
        expect(phone.line).to_have_text("Online")
        expect(phone.count("Tickets")).to_have_text("5")
        phone.scan(other.tickets[0].qr, "Another event", angle=180)
        phone.scan(tomas.qr, "Code not valid")
        phone.picture("refused")
        phone.scan(maya.qr, "Come in")
        phone.scan(f"{maya.qr[:-9]}{'A' if maya.qr[-9] != 'A' else 'B'}{maya.qr[-8:]}", "Not a ticket")
        phone.scan("https://elsewhere.example/menu", "belongs to something else")

        typed = zoe.code.lower().replace("o", "0").replace("i", "1").replace("b", "8")
        page.get_by_label("Or type the code").press_sequentially(typed)
        expect(page.get_by_label("Or type the code")).to_have_value(re.compile(r"^(\w{4}-){3}\w{4}$"))
        page.keyboard.press("Enter")
        expect(phone.answer).to_contain_text("Zoë Ndiaye")
        page.get_by_label("Or type the code").fill("too short")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This one has 8")).to_be_visible()
        # A scanner that types what it reads.
        page.get_by_label("Or type the code").fill("")
        page.get_by_label("Or type the code").press_sequentially(priya.qr)
        page.keyboard.press("Enter")
        expect(phone.answer).to_contain_text("Priya Raman")

        page.get_by_role("radio", name="Exit").check()
        phone.scan(noor.qr, "Not inside")
        phone.scan(maya.qr, "Checked out")
        expect(phone.count("Inside now")).to_have_text("2")
        expect(phone.count("Checked in")).to_have_text("3")
        phone.picture("exit", whole=True)

        page.set_viewport_size({"width": 1280, "height": 800})
        phone.picture("desktop")
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 360, "height": 640})
        phone.picture("dark")
    assert [late for *_, late in doors.scans(event)] == [False] * 8


def test_scans_made_offline_are_sent_once_after_the_page_was_closed(
    doors: Doors, browser: tuple[Browser, FakeCamera]
) -> None:
    event = doors.events["offline"]
    maya, jun, zoe, priya, *_ = event.tickets
    with phone_at(*browser, address(doors, event)) as phone:
        phone.log_in(doors.log_in())
        phone.open()
        expect(phone.answer).to_contain_text("Hold the QR code of a ticket")
        phone.scan(maya.qr, "Come in")
        wait_until_kept(phone)

        phone.go_offline()
        assert doors.check_in_elsewhere(event, zoe, nonce="elsewhere") == "ADMITTED"
        phone.scan(jun.qr, "Offline: will be checked")
        phone.picture("offline")
        phone.scan(maya.qr, "Already scanned here")
        phone.scan(f"{jun.qr[:-9]}{'A' if jun.qr[-9] != 'A' else 'B'}{jun.qr[-8:]}", "Not genuine")
        phone.scan(doors.events["entry"].tickets[0].qr, "Another event")
        phone.type(zoe.code, "Not checked yet")
        phone.picture("offline-typed", whole=True)
        expect(phone.line).to_have_text("Offline · 3 waiting")

        phone.open()  # the page was closed, and opens again without network
        expect(phone.line).to_have_text("Offline · 3 waiting")
        expect(phone.page.get_by_role("heading", level=1)).to_have_text("Harbor clean-up and neighborhood picnic")
        phone.scan(priya.qr, "Offline: will be checked")
        phone.scan(jun.qr, "Already scanned here")
        expect(phone.line).to_have_text("Offline · 5 waiting")
        expect(forget(phone)).to_be_disabled()

        phone.go_online()
        expect(phone.line).to_have_text("Online")
        expect(phone.count("Checked in")).to_have_text("4")
        look_after = phone.page.get_by_role("region", name="Look after these")
        expect(look_after).to_contain_text("Zoë Ndiaye was inside already")
        expect(look_after.get_by_role("listitem")).to_have_count(1)
        phone.picture("look-after", whole=True)
        phone.page.reload()
        expect(look_after).to_contain_text("Zoë Ndiaye")
        look_after.get_by_role("button", name="Done").click()
        expect(look_after).to_be_hidden()

        forget(phone).click()
        expect(phone.page.get_by_text("has forgotten everything")).to_be_visible()
        assert phone.page.evaluate(KEPT) == []
    late = sorted((ticket, outcome) for ticket, outcome, _, late in doors.scans(event) if late)
    again = "ALREADY_CHECKED_IN"
    assert late == sorted(
        [(jun.pk, "ADMITTED"), (jun.pk, again), (maya.pk, again), (zoe.pk, again), (priya.pk, "ADMITTED")]
    )


def test_a_scan_whose_answer_was_lost_counts_once(doors: Doors, browser: tuple[Browser, FakeCamera]) -> None:
    event = doors.events["lost"]
    with phone_at(*browser, address(doors, event)) as phone:
        phone.log_in(doors.log_in())
        phone.open()
        expect(phone.answer).to_contain_text("Hold the QR code of a ticket")
        lost: list[str] = []

        def lose_the_answer(route: Route) -> None:
            if "checkIn(" in (route.request.post_data or "") and not lost:
                lost.append(route.fetch().text())
                route.abort()
            else:
                route.continue_()

        phone.page.route("**/graphql/", lose_the_answer)
        phone.scan(event.tickets[0].qr, "Come in")
        expect(phone.answer).to_contain_text("Maya Torres")  # the server's answer to the same nonce
        expect(phone.line).to_have_text("Online")
        assert json.loads(lost[0])["data"]["result"]["outcome"] == "ADMITTED"
        phone.page.unroute("**/graphql/")
    assert [outcome for _, outcome, *_ in doors.scans(event)] == ["ADMITTED"]


def test_nobody_waits_twice_for_a_server_that_hangs(doors: Doors, browser: tuple[Browser, FakeCamera]) -> None:
    event = doors.events["hangs"]
    maya, jun, zoe, *_ = event.tickets
    with phone_at(*browser, address(doors, event)) as phone:
        phone.log_in(doors.log_in())
        phone.open()
        expect(phone.line).to_have_text("Online")
        phone.page.route("**/graphql/", lambda route: None)
        began = time.monotonic()
        phone.type(maya.qr, "genuine ticket")
        assert time.monotonic() - began > 3.5
        began = time.monotonic()
        phone.type(jun.qr, "genuine ticket")
        assert time.monotonic() - began < 3
        phone.page.unroute("**/graphql/")
        phone.page.get_by_role("button", name="Send now").click()
        expect(phone.line).to_have_text("Online")
        expect(phone.count("Inside now")).to_have_text("2")
        phone.type(zoe.code, "Zoë Ndiaye")
    assert [outcome for _, outcome, *_ in doors.scans(event)] == ["ADMITTED"] * 3


def test_a_session_that_ended_loses_no_scan(doors: Doors, browser: tuple[Browser, FakeCamera]) -> None:
    event = doors.events["ended"]
    with phone_at(*browser, address(doors, event)) as phone:
        phone.log_in(doors.log_in())
        phone.open()
        expect(phone.answer).to_contain_text("Hold the QR code of a ticket")
        phone.go_offline()
        phone.scan(event.tickets[0].qr, "Offline: will be checked")
        doors.server.ask(LOG_OUT, doors.log_in()["accessToken"], input={"everywhere": True})
        phone.go_online()
        page = phone.page
        expect(page.get_by_text("Your session has ended. Scan on")).to_be_visible()
        expect(phone.line).to_have_text("Not logged in · 1 waiting")
        phone.scan(event.tickets[1].qr, "Offline: will be checked")
        expect(page.get_by_role("radio")).to_have_count(2)
        phone.picture("session-ended")
        page.get_by_role("button", name="Log in again").click()
        page.get_by_label("Email").fill(SCANNER)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(phone.line).to_have_text("Online")
        expect(phone.count("Checked in")).to_have_text("2")
    assert [outcome for _, outcome, *_ in doors.scans(event)] == ["ADMITTED", "ADMITTED"]


def test_a_long_queue_arrives_in_parts_and_a_scan_that_the_server_does_not_take_holds_up_no_other(
    doors: Doors, browser: tuple[Browser, FakeCamera]
) -> None:
    event = doors.events["queue"]
    with phone_at(*browser, address(doors, event)) as phone:
        phone.log_in(doors.log_in())
        phone.open()
        expect(phone.line).to_have_text("Online")
        sent: list[int] = []
        phone.page.on("request", lambda request: sent.append((request.post_data or "").count('"scannedAt"')))
        phone.page.evaluate(FILL_QUEUE, {"eventId": event.id, "code": event.tickets[0].qr, "number": 450})
        phone.page.reload()
        look_after = phone.page.get_by_role("region", name="Look after these")
        expect(look_after).to_contain_text("Somebody could not be recorded")
        expect(phone.line).to_have_text("Online")
        assert max(sent) == 200
        expect(phone.count("Inside now")).to_have_text("0")
    assert len(doors.scans(event)) == 449


def test_a_page_without_https_says_why_there_is_no_camera_and_takes_typed_codes(
    doors: Doors, browser: tuple[Browser, FakeCamera]
) -> None:
    event = doors.events["plain"]
    with phone_at(*browser, address(doors, event).replace("127.0.0.1", PLAIN_HOST), may_film=False) as phone:
        phone.log_in(doors.log_in())
        phone.open()
        message = phone.page.get_by_role("region", name="Camera")
        expect(message).to_contain_text("this page was opened without it")
        link = message.get_by_role("link", name="Open this page with HTTPS")
        expect(link).to_have_attribute("href", f"https://community.example.org/scan/{event.id}")
        expect(message.get_by_role("button")).to_have_count(0)
        phone.type(event.tickets[0].code, "Maya Torres")
        phone.picture("without-https")
        phone.go_offline()
        phone.type(event.tickets[1].qr, "genuine ticket")  # checked by the library: such pages have no Web Crypto


def test_a_browser_without_ed25519_checks_signatures_by_the_library(
    doors: Doors, browser: tuple[Browser, FakeCamera]
) -> None:
    event = doors.events["alone"]
    maya, jun, zoe, *_ = event.tickets
    with phone_at(*browser, address(doors, event)) as phone:
        phone.context.add_init_script(NO_ED25519)
        phone.log_in(doors.log_in())
        phone.open()
        expect(phone.line).to_have_text("Online")
        phone.go_offline()
        phone.type(maya.qr, "genuine ticket")
        head, _, signature = jun.qr.split(".")
        # Another spelling of the same signature; and a good signature of other claims.
        spelled = f"{jun.qr[:-1]}{chr(ord(jun.qr[-1]) + 1)}"
        for forged in (spelled, f"{head}.{zoe.qr.split('.')[1]}.{signature}"):
            phone.type(forged, "Not genuine")
        phone.type(zoe.qr, "genuine ticket")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("NotAllowedError", "not allowed for this page"),
        ("NotFoundError", "has no camera"),
        ("NotReadableError", "Another program is using the camera"),
    ],
)
def test_a_camera_that_does_not_start_says_why(
    doors: Doors, browser: tuple[Browser, FakeCamera], error: str, says: str
) -> None:
    event = doors.events["camera"]
    with phone_at(*browser, address(doors, event)) as phone:
        phone.context.add_init_script(NO_CAMERA % error)
        phone.log_in(doors.log_in())
        phone.open()
        camera = phone.page.get_by_role("region", name="Camera")
        expect(camera).to_contain_text(says)
        expect(camera.get_by_role("button", name="Try the camera again")).to_be_visible()
        phone.picture(f"camera-{error}")
        phone.type(event.tickets[0].code, "Maya Torres")


def test_light_vibration_and_camera_are_switched_off(doors: Doors, browser: tuple[Browser, FakeCamera]) -> None:
    with phone_at(*browser, address(doors, doors.events["camera"])) as phone:
        phone.context.add_init_script(TORCH)
        phone.log_in(doors.log_in())
        phone.open()
        light = phone.page.get_by_role("button", name="Switch the light on or off")
        light.click()
        expect(light).to_have_attribute("aria-pressed", "true")
        assert phone.page.evaluate("window.given") == {"advanced": [{"torch": True}]}
        phone.type("ABCD EFGH IJKL MNOP", "Not a ticket")
        assert phone.page.evaluate("window.felt") == [200, 80, 200]
        phone.page.get_by_label("Sound and vibration").uncheck()
        phone.page.evaluate("window.felt = null")
        phone.type("ABCD EFGH IJKL MNOQ", "Not a ticket")
        assert phone.page.evaluate("window.felt") is None
        phone.page.get_by_role("button", name="Stop the camera").click()
        expect(phone.page.get_by_role("button", name="Start the camera")).to_be_visible()
        expect(phone.answer).to_contain_text("start the camera")


def test_strangers_to_the_event_are_turned_away_and_a_second_factor_is_asked_for(
    doors: Doors, browser: tuple[Browser, FakeCamera]
) -> None:
    token = doors.log_in("passer-by@door.example")["accessToken"]
    secret = doors.server.ask(START_TOTP, token)["data"]["startTotp"]["secret"]
    doors.server.ask(CONFIRM_TOTP, token, input={"code": authenticator_app.code_of(secret)})
    with phone_at(*browser, address(doors, doors.events["camera"])) as phone:
        phone.open()
        page = phone.page
        page.get_by_label("Email").fill("passer-by@door.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_label("Code of your authenticator app").fill(authenticator_app.code_of(secret, ahead=1))
        phone.picture("second-factor")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("You may not check people in at this event.")).to_be_visible()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_label("Email")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("CANCELLED", "This event was canceled. Nobody can be checked in."),
        ("DRAFT", "This event is a draft. Publish it"),
    ],
)
def test_the_page_of_an_event_that_takes_nobody_says_why(
    doors: Doors, browser: tuple[Browser, FakeCamera], status: str, says: str
) -> None:
    event = doors.events["status"]
    owner = doors.set_status(event, status)
    try:
        with phone_at(*browser, address(doors, event)) as phone:
            phone.log_in(doors.log_in(owner))
            phone.open()
            expect(phone.page.get_by_text(says)).to_be_visible()
            phone.picture(f"event-{status.lower()}")
    finally:
        # Nobody sees the event of a ticket that becomes a draft again, which happens only here.
        doors.set_status(event, "PUBLISHED")


def wait_until_kept(phone: Phone) -> None:
    """The service worker has what opens the page without network."""
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def forget(phone: Phone) -> Locator:
    details = phone.page.get_by_role("region", name="This phone")
    if not details.get_by_role("button", name="Forget this phone").is_visible():
        details.get_by_text("What is kept on this phone").click()
    return details.get_by_role("button", name="Forget this phone")
