"""One mailbox is one account, through whichever door its address comes in and however it is spelled."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from domains.accounts import services
from domains.accounts.models import SignUpAttempt, User, UserType
from domains.base.errors import Refused
from tests.factories import PASSWORD, UserFactory
from tests.factories.accounts import SignUpAttemptFactory

committed = pytest.mark.django_db(transaction=True)
BUECHER = "x@xn--bcher-kva.example"
SPELLINGS = [
    "x@bücher.example",
    "X@bu\u0308cher.example ",
    "x@XN--bcher-kva.example",
    "\uff58@b\u200bücher\u3002example",
]
REFUSED = ["x\u200b@bücher.example", '"x"@bücher.example', "x@localhost", "x@192.0.2.44", "x@[::1]"]


def sign_up(email: str, **changes: Any) -> str:
    wish = {"password": "correct horse battery", "display_name": "Xenia", "zip_code": "", "ip_address": "203.0.113.1"}
    return services.sign_up(email=email, user_type=UserType.VOLUNTEER, **{**wish, **changes})


@committed
@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("x@straße.example", "x@xn--strae-oqa.example"),
        ("x@βόλος.example", "x@xn--nxasmm1c.example"),
        ("x@faß.bücher.example", "x@xn--fa-hia.xn--bcher-kva.example"),
    ],
)
def test_mails_go_to_the_domain_that_was_typed_and_not_to_one_that_looks_like_it(email: str, mailbox: str) -> None:
    assert sign_up(email) == mailbox
    UserFactory(email=email.replace("x@", "known@"))
    sign_up(email.replace("x@", "known@"))
    recipients = [recipient for message in mail.outbox for recipient in message.message()["To"].split(", ")]
    assert recipients == [mailbox, mailbox.replace("x@", "known@")]


@committed
@pytest.mark.parametrize("email", SPELLINGS)
def test_signing_up_again_in_another_spelling_makes_no_further_account(email: str) -> None:
    UserFactory(email=BUECHER)
    assert sign_up(email) == BUECHER
    assert User.objects.count() == 1
    assert [message.subject for message in mail.outbox] == ["You have an account already"]


@committed
@pytest.mark.parametrize("email", REFUSED)
def test_what_is_nobodys_mailbox_is_refused(email: str) -> None:
    with pytest.raises(Refused) as refused:
        sign_up(email)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("INVALID", "email")]
    assert not User.objects.exists()
    assert not mail.outbox


@committed
def test_a_plus_and_a_letter_of_another_script_are_other_mailboxes() -> None:
    for email in ("ada@example.org", "ada+shift@example.org", "ada@еxample.org"):  # noqa: RUF001
        sign_up(email)
    assert User.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("email", SPELLINGS)
def test_any_spelling_logs_in(email: str, settings) -> None:
    user = UserFactory(email="x@bücher.example")
    assert user.email == BUECHER
    opened = services.log_in(email=email, password=PASSWORD, device_name="", ip_address="203.0.113.1")
    assert isinstance(opened, services.OpenSession)
    assert opened.session.user == user
    assert authenticate(username=email, password=PASSWORD) == user, "at the admin"
    settings.DEBUG = True
    assert services.dev_log_in(email=email).session.user == user


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_guesses_at_one_mailbox_are_counted_together_however_it_is_spelled() -> None:
    UserFactory(email=BUECHER)
    codes = []
    for email in [*SPELLINGS, BUECHER, *SPELLINGS]:
        with pytest.raises(Refused) as refused:
            services.log_in(email=email, password="wrong wrong wrong", device_name="", ip_address="203.0.113.1")
        codes.append(refused.value.problems[0].code)
    assert codes == ["BAD_CREDENTIALS"] * 5 + ["RATE_LIMITED"] * 4


@pytest.mark.django_db
def test_an_account_that_was_stored_before_addresses_were_checked_still_logs_in() -> None:
    user = UserFactory(email="root@localhost")
    opened = services.log_in(email="Root@localhost", password=PASSWORD, device_name="", ip_address="203.0.113.1")
    assert isinstance(opened, services.OpenSession)
    assert opened.session.user == user


@pytest.mark.django_db
def test_the_command_for_the_first_staff_takes_the_same_addresses_and_passwords(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def create(email: str, password: str) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
        call_command("createsuperuser", interactive=False, email=email, display_name="Root", verbosity=0)

    create("root@bücher.example", "correct horse battery")
    assert User.objects.get().email == "root@xn--bcher-kva.example"
    for email, password in (
        ("root@localhost", "correct horse battery"),
        ("other@example.org", "passwordpassword"),
        ("Root@BÜCHER.example", "correct horse battery"),
    ):
        with pytest.raises((CommandError, ValidationError)):
            create(email, password)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_staff_add_people_under_the_one_form_and_twice_they_add_nobody(client: Client) -> None:
    client.force_login(UserFactory(superuser=True))
    person = {"display_name": "X", "usable_password": "false"}
    for email in ("x@BÜCHER.example", "x@bu\u0308cher.example"):
        client.post(reverse("admin:accounts_user_add"), {**person, "email": email})
    assert list(User.objects.filter(display_name="X").values_list("email", flat=True)) == [BUECHER]
    page = client.post(reverse("admin:accounts_user_add"), {**person, "email": "x@localhost.localhost"})
    assert "Give an e-mail address such as" in page.content.decode()


@pytest.mark.django_db
def test_who_asked_for_an_address_gets_no_other_that_staff_give_the_account_later(client: Client) -> None:
    attempt = SignUpAttemptFactory()
    client.force_login(UserFactory(superuser=True))
    page = reverse("admin:accounts_user_change", args=[attempt.user.pk])
    form = client.get(page).context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    profile = {"profile-TOTAL_FORMS": 1, "profile-INITIAL_FORMS": 1, "profile-0-user": attempt.user.pk}
    sent = {
        **{k: v for k, v in values.items() if v not in (None, "", [], False)},
        **profile,
        "email": "new@example.org",
    }
    sent["is_active"] = "on"
    sent.pop("password", None)
    assert client.post(page, sent).status_code == 302
    attempt.user.refresh_from_db()
    assert attempt.user.email == "new@example.org"
    assert not SignUpAttempt.objects.exists()
