"""The public page of a record: all that was signed and nothing else, for people and for programs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.test import Client

from domains.accounts.models import User
from domains.opportunities import services
from domains.opportunities.models import ServiceRecord
from tests.factories import ApplicationFactory, HoursEntryFactory, ServiceRecordFactory, UserFactory

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def record() -> ServiceRecord:
    volunteer = UserFactory(display_name="Ada <b>Lovelace</b>", zip_code="94999", profile__bio="Likes engines.")
    for number, host in enumerate(["Creek & Friends", "Larder"]):
        application = ApplicationFactory(
            volunteer=volunteer, status="ACCEPTED", role__opportunity__host__organization_name=host
        )
        start = MARCH + timedelta(days=number)
        HoursEntryFactory(
            application=application,
            approved=True,
            started_at=start,
            ended_at=start + timedelta(hours=2, minutes=30),
            note="With my sister.",
        )
    since = datetime.fromisoformat("2026-03-01T00:00:00-08:00")
    return services.create_service_record(actor=volunteer, since=since, until=since + timedelta(days=31))


def headers_are_careful(response: Any) -> None:
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "Accept" in response["Vary"]
    assert not response.cookies


def test_people_read_who_gave_how_many_hours_to_whom(record: ServiceRecord, client: Client) -> None:
    response = client.get(f"/records/{record.code}")
    page = response.content.decode()
    assert response.status_code == 200
    headers_are_careful(response)
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in page
    assert "Creek &amp; Friends" in page
    assert "1 March 2026" in page
    assert "31 March 2026" in page
    assert "The signature is valid" in page
    assert 'property="og:title" content="Ada &lt;b&gt;Lovelace&lt;/b&gt;: 5 hours of volunteering"' in page
    assert 'name="robots" content="noindex, nofollow"' in page
    assert "<script" not in page
    assert re.findall(r"<td>([\d.]+)</td>", page) == ["2.5", "2.5", "5"]


def test_programs_get_what_they_need_to_check_it(record: ServiceRecord, client: Client) -> None:
    response = client.get(f"/records/{record.code}", headers={"Accept": "application/json"})
    headers_are_careful(response)
    answer = response.json()
    assert client.get(f"/records/{record.code}?format=json").json() == answer
    key = answer["publicKey"]
    for public in (key["pem"], jwt.PyJWK(key["jwk"])):
        assert jwt.decode(answer["jws"], public, algorithms=["EdDSA"]) == answer["record"]
    assert jwt.get_unverified_header(answer["jws"])["kid"] == key["kid"]
    assert answer["record"]["hours"] == 5
    assert answer["record"]["jti"] == answer["code"] == record.code
    assert answer["url"].endswith(f"/records/{record.code}")


@pytest.mark.parametrize("form", ["html", "json"])
def test_nothing_is_told_beyond_what_the_record_says(record: ServiceRecord, client: Client, form: str) -> None:
    text = client.get(f"/records/{record.code}?format={form}").content.decode()
    for private in (volunteer_of(record).email, "94999", "engines", "sister", f'"{record.volunteer_id}"', "person"):
        assert private not in text


def test_an_address_may_be_typed_in_capitals_and_with_a_slash(record: ServiceRecord, client: Client) -> None:
    assert client.get(f"/records/{record.code.upper()}/").status_code == 200
    assert client.head(f"/records/{record.code}").status_code == 200
    assert client.post(f"/records/{record.code}").status_code == 405
    assert Client(enforce_csrf_checks=True).delete(f"/records/{record.code}").status_code == 405


def test_a_browser_gets_the_page_and_anything_else_too(record: ServiceRecord, client: Client) -> None:
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*", "image/png", ""):
        response = client.get(f"/records/{record.code}", headers={"Accept": accept})
        assert response["Content-Type"].startswith("text/html"), accept
    page = client.get(f"/records/{record.code}?format=html", headers={"Accept": "application/json"})
    assert page["Content-Type"].startswith("text/html")


def volunteer_of(record: ServiceRecord) -> User:
    assert record.volunteer
    return record.volunteer


def gone(client: Client, code: str, status: int, reason: str) -> str:
    """Return the page of what is gone; both forms say the same."""
    answer = client.get(f"/records/{code}?format=json")
    page = client.get(f"/records/{code}")
    for response in (answer, page):
        assert response.status_code == status
        headers_are_careful(response)
    assert answer.json()["code"] == reason
    assert set(answer.json()) == {"code", "message"}
    return page.content.decode()


def test_a_revoked_record_says_that_and_nothing_else(record: ServiceRecord, client: Client) -> None:
    services.revoke_service_record(actor=volunteer_of(record), record_id=record.pk)
    page = gone(client, record.code, 410, "REVOKED")
    assert "revoked" in page
    for word in ("Ada", "Creek", "March", "hours", record.code):
        assert word not in page
    other = gone(client, ServiceRecordFactory(revoked=True).code, 410, "REVOKED")
    assert other == page


@pytest.mark.parametrize("code", ["x", "a" * 26, "%00", "%F0%9F%8C%8A", "a" * 5000, "..%2f", "a%0d%0ab"])
def test_codes_that_are_none_all_get_the_same_answer(record: ServiceRecord, client: Client, code: str) -> None:
    assert gone(client, code, 404, "NOT_FOUND") == gone(client, "b" * 26, 404, "NOT_FOUND")


def test_a_closed_account_has_no_records(record: ServiceRecord, client: Client) -> None:
    User.objects.update(is_active=False)
    gone(client, record.code, 404, "NOT_FOUND")


def test_a_record_whose_key_is_gone_or_whose_text_was_changed_is_not_shown(
    record: ServiceRecord, client: Client, settings: Any
) -> None:
    token = record.token
    forged = jwt.encode({"name": "Eve"}, "k" * 40, algorithm="HS256")
    for bad in (forged, token[:-4] + "AAAA", "nonsense"):
        ServiceRecord.objects.update(token=bad)
        assert "Ada" not in gone(client, record.code, 410, "EXPIRED")
    ServiceRecord.objects.update(token=token)
    assert client.get(f"/records/{record.code}").status_code == 200
    settings.SECRET_KEY = "n" * 40
    assert "Ada" not in gone(client, record.code, 410, "EXPIRED")
