"""The log-in page: to a provider, back from it, and to the frontend with a one-time code."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from domains.accounts import services
from domains.accounts.models import LogInCode, Session
from domains.base.errors import Refused
from tests.domains.accounts.second_factor import ADDRESS, refusal
from tests.factories import UserFactory
from tests.provider_stand_in import AUDIENCES, FRONTEND, StandIn, stood_in
from tests.threads import at_once

pytestmark = pytest.mark.django_db
PAGE = "/accounts/log-in/"
ADA = {"email": "ada@example.org", "email_verified": True, "name": "Ada"}
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(autouse=True)
def providers(settings: Any) -> Iterator[StandIn]:
    with stood_in(settings) as stand_in:
        yield stand_in


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def leave(browser: Client, provider: str = "GOOGLE", **given: str) -> dict[str, str]:
    """Choose a provider; return what it is asked."""
    response = browser.post(PAGE, {"provider": provider, **given})
    assert response.status_code == 302, response.content
    return {"to": response["Location"].partition("?")[0], **query(response["Location"])}


def come_back(browser: Client, state: str, provider: str = "google", **given: str) -> Any:
    return browser.get(f"/accounts/{provider}/callback/?{urlencode({'state': state, **given})}")


def ends(response: Any) -> tuple[str, dict[str, str]]:
    assert response.status_code == 302, response.content
    return response["Location"].partition("?")[0], query(response["Location"])


def log_in(code: str, verifier: str = "") -> Any:
    return services.log_in_with_code(code=code, code_verifier=verifier, device_name="Browser", ip_address=ADDRESS)


def test_the_page_offers_what_is_set_up(client: Client, settings: Any) -> None:
    page = client.get(PAGE)
    text = page.content.decode()
    assert all(f"Continue with {name}<" in text for name in ("Google", "Facebook", "Apple", "LinkedIn"))
    assert "app.example.org" in text
    assert page["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"next": "https://evil.example/"},
        {"next": f"{FRONTEND}/further"},
        {"next": f"{FRONTEND}?x=1"},
        {"next": "javascript:alert(1)"},
        {"next": "//evil.example"},
        {"state": "x" * 513},
        {"state": "\u00e9"},
        {"next": "org.example.app:/logged-in"},
        {"codeChallenge": "short"},
    ],
)
def test_the_log_in_ends_at_known_addresses_only(client: Client, given: dict[str, str]) -> None:
    assert client.get(PAGE, given).status_code == 400
    assert client.post(PAGE, {"provider": "GOOGLE", **given}).status_code == 400
    assert not client.cookies


def test_from_google_and_back(client: Client, providers: StandIn) -> None:
    asked = leave(client, state="mine", codeChallenge=CHALLENGE)
    assert asked["to"] == "https://accounts.google.com/authorize"
    assert (asked["client_id"], asked["response_type"]) == ("google-web", "code")
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/accounts/google/callback/"
    assert asked["code_challenge_method"] == "S256"
    providers.codes["abc"], providers.challenges["abc"] = ("GOOGLE", ADA), asked["code_challenge"]
    response = come_back(client, asked["state"], code="abc")
    address, given = ends(response)
    assert (address, given["state"]) == (FRONTEND, "mine")
    assert response["Referrer-Policy"] == "no-referrer"
    assert refusal(log_in, given["code"]) == ("EXPIRED", "code")  # somebody who only saw the code
    session = log_in(given["code"], VERIFIER).session
    assert (session.user.email, session.device_name) == ("ada@example.org", "Browser")
    assert refusal(log_in, given["code"], VERIFIER) == ("EXPIRED", "code")
    assert not LogInCode.objects.exists()


@pytest.mark.parametrize("provider", ["LINKEDIN", "FACEBOOK", "APPLE"])
def test_from_the_others_and_back(client: Client, providers: StandIn, provider: str) -> None:
    asked = leave(client, provider, next="org.example.app:/logged-in", codeChallenge=CHALLENGE)
    assert asked["client_id"] == AUDIENCES[provider]
    apple = {**ADA, "name": None, "nonce": asked.get("nonce")}
    claims = {"FACEBOOK": {"id": "77", **ADA}, "APPLE": apple}.get(provider, ADA)
    providers.codes["abc"], providers.challenges["abc"] = (provider, claims), asked.get("code_challenge", "")
    address, given = ends(come_back(client, asked["state"], provider.lower(), code="abc"))
    assert address == "org.example.app:/logged-in"
    if provider == "FACEBOOK":
        assert given["error"] == "EMAIL_NOT_VERIFIED"
    else:
        assert log_in(given["code"], VERIFIER).session.user.email == "ada@example.org"


def test_a_code_that_apple_gave_for_another_log_in_is_refused(client: Client, providers: StandIn) -> None:
    asked = leave(client, "APPLE")
    providers.codes["abc"] = ("APPLE", {**ADA, "name": None, "nonce": "of another"})
    assert ends(come_back(client, asked["state"], "apple", code="abc"))[1]["error"] == "BAD_CREDENTIALS"


def test_apple_posts_from_its_own_page_without_a_cookie(client: Client, providers: StandIn) -> None:
    asked = leave(client, "APPLE")
    assert asked["response_mode"] == "form_post"
    providers.codes["abc"] = ("APPLE", {**ADA, "name": None, "nonce": asked["nonce"]})
    name = json.dumps({"name": {"firstName": "Ada", "lastName": "King"}, "email": "x"})
    posted = Client(enforce_csrf_checks=True).post(
        "/accounts/apple/callback/", {"state": asked["state"], "code": "abc", "id_token": "x", "user": name}
    )
    assert posted.status_code == 303
    assert "King" not in posted["Location"]
    client.cookies |= posted.cookies
    _, given = ends(client.get(posted["Location"]))
    assert log_in(given["code"]).session.user.display_name == "Ada King"


@pytest.mark.parametrize(
    "said",
    ["", "no json", '{"name": 7}', "[]", '{"name": {"firstName": {}}}', "x" * 10_000, "[" * 4096, '{"name": [7]}'],
)
def test_what_apple_should_not_post_is_no_name(client: Client, said: str) -> None:
    posted = client.post("/accounts/apple/callback/", {"state": "s" * 32, "code": "c", "user": said})
    assert (posted.status_code, len(posted.cookies)) == (303, 0)


def test_half_a_letter_in_a_name_is_replaced(client: Client) -> None:
    said = '{"name": {"firstName": "\\ud800"}}'
    posted = client.post("/accounts/apple/callback/", {"state": "s" * 32, "code": "\u00e9", "user": said})
    assert posted.status_code == 303


def test_only_apple_posts(client: Client) -> None:
    assert client.post("/accounts/google/callback/", {"state": "s" * 32, "code": "c"}).status_code == 400
    assert client.post("/accounts/apple/callback/", {"state": "../", "code": "c"}).status_code == 400
    assert client.head("/accounts/google/callback/").status_code == 405


def test_another_browser_cannot_finish_it(client: Client, providers: StandIn) -> None:
    asked = leave(client)
    providers.codes["abc"] = ("GOOGLE", ADA)
    assert come_back(Client(), asked["state"], code="abc").status_code == 400
    assert come_back(client, "another", code="abc").status_code == 400
    assert come_back(client, asked["state"], "linkedin", code="abc").status_code == 400
    assert come_back(client, "", code="abc").status_code == 400
    assert "abc" in providers.codes


def test_two_tabs_do_not_disturb_each_other(client: Client, providers: StandIn) -> None:
    one, other = leave(client, state="one"), leave(client, state="other")
    providers.codes |= {"a": ("GOOGLE", ADA), "b": ("GOOGLE", ADA)}
    assert ends(come_back(client, other["state"], code="b"))[1]["state"] == "other"
    assert ends(come_back(client, one["state"], code="a"))[1]["state"] == "one"
    assert come_back(client, one["state"], code="a").status_code == 400


def test_it_has_to_be_finished_within_ten_minutes(client: Client, providers: StandIn) -> None:
    providers.codes["abc"] = ("GOOGLE", ADA)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        asked = leave(client)
        clock.shift(601)
        assert come_back(client, asked["state"], code="abc").status_code == 400


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"error": "access_denied"}, "CANCELLED"),
        ({}, "CANCELLED"),
        ({"error": "invalid_scope"}, "PROVIDER_UNAVAILABLE"),
        ({"code": "wrong"}, "BAD_CREDENTIALS"),
    ],
)
def test_what_goes_wrong_is_told_to_the_frontend(client: Client, given: dict[str, str], code: str) -> None:
    address, told = ends(come_back(client, leave(client, state="mine")["state"], **given))
    assert (address, told["error"], told["state"]) == (FRONTEND, code, "mine")
    assert told["error_description"]


def test_a_provider_that_is_down_is_told_on_the_page(client: Client, providers: StandIn) -> None:
    providers.trouble = "down"
    page = client.post(PAGE, {"provider": "GOOGLE"})
    assert page.status_code == 503
    assert "Google does not answer" in page.content.decode()
    assert client.post(PAGE, {"provider": "MYSPACE"}).status_code == 400


def test_a_code_is_good_for_a_minute(client: Client, providers: StandIn) -> None:
    providers.codes["abc"] = ("GOOGLE", ADA)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        _, given = ends(come_back(client, leave(client)["state"], code="abc"))
        clock.shift(61)
        assert refusal(log_in, given["code"]) == ("EXPIRED", "code")
        assert services.remove_old_codes(now=timezone.now()) == 1


def test_a_new_password_ends_codes_that_were_given_before(client: Client, providers: StandIn) -> None:
    user = UserFactory(email="ada@example.org")
    providers.codes["abc"] = ("GOOGLE", ADA)
    _, given = ends(come_back(client, leave(client)["state"], code="abc"))
    services.set_password(user, "any")
    assert refusal(log_in, given["code"]) == ("EXPIRED", "code")


def test_a_community_below_a_path_gets_its_cookie_back(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://example.org/community"
    leave(client)
    (cookie,) = client.cookies.values()
    assert (cookie["path"], cookie["secure"], cookie["samesite"]) == ("/community/accounts/", True, "Lax")


def test_a_code_of_an_account_that_was_closed_meanwhile_is_void(client: Client, providers: StandIn) -> None:
    user = UserFactory(email="ada@example.org")
    providers.codes["abc"] = ("GOOGLE", ADA)
    _, given = ends(come_back(client, leave(client)["state"], code="abc"))
    user.is_active = False
    user.save()
    assert refusal(log_in, given["code"]) == ("EXPIRED", "code")


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_with_one_code_begin_one_session(client: Client, providers: StandIn) -> None:
    providers.codes["abc"] = ("GOOGLE", ADA)
    _, given = ends(come_back(client, leave(client)["state"], code="abc"))
    results = at_once(lambda _: log_in(given["code"]), 10)
    assert sum(not isinstance(one, Refused) for one in results) == 1
    assert Session.objects.count() == 1
