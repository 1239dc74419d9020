"""Deleting an account: nobody sees who it was at once, and soon nothing is stored about the person."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from domains.accounts import selectors, services, tasks
from domains.accounts.models import Erasure, PasswordReset, Session, User, UserProfile
from domains.base.audit import check_invariants
from domains.base.errors import NotSignedIn, Refused
from domains.notifications.services import forget_person
from domains.opportunities.models import HostMembership
from tests.domains.accounts.mailed_keys import subjects_to
from tests.factories import (
    PASSWORD,
    HostMembershipFactory,
    MessageFactory,
    SessionFactory,
    UserFactory,
    VerificationCaseFactory,
    conversation_between,
)
from tests.factories.accounts import UploadFactory
from tests.leaver import Leaver, keys_to
from tests.sql import rows_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def leave(person: User, password: str = PASSWORD, session: Session | None = None, **wishes: Any) -> None:
    services.delete_account(
        actor=User.objects.get(pk=person.pk), session=session, password=password, ip_address="192.0.2.1", **wishes
    )


@pytest.fixture
def held_back(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let what follows from the deletion wait until the returned function is called."""
    monkeypatch.setattr(tasks.erase_deleted_accounts, "delay", lambda: None)
    return services.erase_deleted_accounts


def stored() -> set[str]:
    """Return all files in the storage."""
    folders, found = default_storage.listdir("")[0], set()
    for folder in folders:
        found |= {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    return found


def test_nothing_is_left_of_a_person_with_a_row_in_every_table(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    others = stored()
    leaver = Leaver().plant()
    person, address = leaver.person, leaver.person.email
    assert len(leaver.canaries) > 50
    assert {planted.partition(" ")[0] for planted in leaver.found()} == set(leaver.canaries.values())
    assert len(stored() - others) > 5
    leave(person)
    assert leaver.found() == {}
    assert keys_to(person.pk) == {}
    assert not User.objects.filter(pk=person.pk).exists()
    assert stored() == others
    assert not any(address in repr(table) for table in rows_of("accounts", "opportunities", "base", "account"))
    assert subjects_to(address) == ["Your account was deleted"]
    said = caplog.text
    assert address not in said
    assert not any(canary in said for canary in leaver.canaries)
    assert f"account {account_of(person)} was erased" in said
    assert [result.invariant.name for result in check_invariants(with_files=True) if not result.holds] == []
    (proof,) = Erasure.objects.all()
    assert (proof.user_id, proof.email, proof.done_at is not None) == (person.pk, "", True)


def test_nobody_sees_who_it_was_from_the_first_moment(held_back: Callable[[], int]) -> None:
    person = UserFactory(email="ada@example.org", display_name="Ada Lovelace", profile__bio="I count.", staff=True)
    session = SessionFactory(user=person)
    access = f"Bearer {services.refresh_session.__globals__['tokens'].issue_tokens(session).access_token}"
    leave(person, session=session)
    (row,) = User.objects.all()
    assert (row.display_name, row.zip_code, row.is_active, row.is_staff) == ("Deleted account", "", False, False)
    assert "ada" not in row.email.lower()
    assert UserProfile.objects.get().bio == ""
    with pytest.raises(NotSignedIn):
        selectors.get_session(authorization=access)
    assert not User.objects.visible_to(UserFactory()).filter(pk=person.pk).exists()
    with pytest.raises(Refused, match="BAD_CREDENTIALS"):
        services.log_in(email="ada@example.org", password=PASSWORD, device_name="", ip_address="192.0.2.1")
    again = UserFactory(email="ada@example.org")
    held_back()
    assert subjects_to("ada@example.org") == ["Your account was deleted"]
    assert User.objects.filter(pk=again.pk, is_active=True).exists(), "the new account of the address is another one"


def test_a_wrong_password_deletes_nothing() -> None:
    person = UserFactory()
    before = rows_of("accounts", "account")
    with pytest.raises(Refused) as refused:
        leave(person, password="another-password")
    assert [(one.code, one.field) for one in refused.value.problems] == [("BAD_CREDENTIALS", "password")]
    assert rows_of("accounts", "account") == before


def test_without_a_password_a_log_in_of_five_minutes_is_needed() -> None:
    person = UserFactory(password=None)
    session = SessionFactory(user=person)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)), pytest.raises(Refused, match="BAD_CREDENTIALS"):
        leave(person, password="", session=session)
    leave(person, password="", session=session)
    assert not User.objects.exists()


def test_deleted_ten_times_at_once_it_is_deleted_once() -> None:
    person = UserFactory()
    actors = [User.objects.get(pk=person.pk) for _ in range(4)]

    def delete(number: int) -> Any:
        return services.delete_account(actor=actors[number], session=None, password=PASSWORD, ip_address="192.0.2.1")

    answers = at_once(delete_quietly(delete), 4)
    assert sum(answer is True for answer in answers) == 1
    assert Erasure.objects.count() == 1


def delete_quietly(delete: Callable[[int], Any]) -> Callable[[int], bool]:
    """Return whether the deletion went through; all others meet an account that has changed, or gone."""

    def run(number: int) -> bool:
        try:
            return bool(delete(number))
        except (Refused, User.DoesNotExist):
            return False

    return run


def test_a_storage_that_fails_delays_the_end_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    others = stored()
    leaver = Leaver().plant()
    files = stored()

    def fail(storage: Any, name: str) -> None:
        raise OSError("the storage does not answer")

    monkeypatch.setattr(InMemoryStorage, "delete", fail)
    leave(leaver.person)
    (erasure,) = Erasure.objects.all()
    assert (erasure.done_at, erasure.attempts) == (None, 1)
    assert "OSError" in erasure.last_error
    assert stored() == files
    assert leaver.found() == {}, "rows go first, so that none names a file that is gone"
    assert [result.invariant.name for result in check_invariants(with_files=True) if not result.holds] == []
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        tasks.erase_deleted_accounts()
    assert leaver.found() == {}
    assert stored() == others
    assert Erasure.objects.get().done_at


def test_a_file_that_was_sent_and_not_completed_goes_too() -> None:
    upload = UploadFactory()
    default_storage.save(upload.place, ContentFile(b"half a face"))
    leave(upload.user)
    assert not default_storage.exists(upload.place)


def test_a_crash_between_the_steps_is_made_good_for(monkeypatch: pytest.MonkeyPatch) -> None:
    leaver = Leaver().plant()

    def crash(person: Any) -> None:
        raise SystemExit

    hooks = services.erase_deleted_accounts.__globals__["personal_data"]
    monkeypatch.setattr(hooks, "_erasing", [crash])
    with pytest.raises(SystemExit):
        leave(leaver.person)
    assert User.objects.filter(pk=leaver.person.pk).exists()
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        tasks.erase_deleted_accounts()
    assert leaver.found() == {}


def test_a_mail_server_that_is_down_delays_the_end_by_half_a_minute_only(monkeypatch: pytest.MonkeyPatch) -> None:
    person = UserFactory(email="ada@example.org")

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise SMTPRecipientsRefused({"ada@example.org": (550, b"no such mailbox")})

    monkeypatch.setattr("domains.base.mail.EmailMultiAlternatives.send", refuse)
    leave(person)
    (erasure,) = Erasure.objects.all()
    assert (erasure.attempts, erasure.done_at) == (1, None)
    assert "ada" not in erasure.last_error
    for seconds in (11, 32, 73):
        with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
            tasks.erase_deleted_accounts()
    assert not User.objects.exists()
    assert mail.outbox == []


def account_of(person: User) -> str:
    return f"{person.pk}-{int(person.created_at.timestamp())}"


def erase_again(*accounts: str) -> str:
    said = StringIO()
    call_command("erase_again", *accounts, stdout=said)
    return said.getvalue()


def test_what_comes_back_with_a_backup_is_erased_again() -> None:
    person = UserFactory()
    leave(person)
    mail.outbox.clear()
    Erasure.objects.all().delete()
    back = Leaver(pk=person.pk, email=person.email, created_at=person.created_at).plant()
    assert erase_again(account_of(person)) == f"{account_of(person)}: erased\n"
    assert not User.objects.filter(pk=person.pk).exists()
    assert back.found() == {}
    assert mail.outbox == []
    assert Erasure.objects.get().done_at


def test_another_account_that_got_the_number_after_the_backup_is_left_alone() -> None:
    other = UserFactory()
    said = erase_again(f"{other.pk}-{int(other.created_at.timestamp()) - 60}", "987654-1")
    assert said.count("not there") == 2
    assert User.objects.get().is_active
    with pytest.raises(CommandError, match="17-1767326645"):
        erase_again(str(other.pk))


def test_erased_again_what_waits_goes_on_as_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    leaver = Leaver().plant()
    record = leaver.person.service_records.get()
    token = record.token

    def fail(storage: Any, name: str) -> None:
        raise OSError("the storage does not answer")

    others = stored()
    monkeypatch.setattr(InMemoryStorage, "delete", fail)
    leave(leaver.person, keep_service_records=True)
    Erasure.objects.update(attempts=Erasure.MAX_ATTEMPTS)
    monkeypatch.undo()
    assert "erased" in erase_again(account_of(leaver.person))
    assert len(stored()) < len(others)
    record.refresh_from_db()
    assert (record.token, record.revoked_at) == (token, None)
    assert Erasure.objects.get().files == []


def test_proofs_go_once_no_backup_has_the_person_any_more() -> None:
    leave(UserFactory())
    for days, left in ((34, 1), (36, 0)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            tasks.remove_old_traces()
        assert Erasure.objects.count() == left


def test_staff_delete_an_account_in_the_same_way(client: Client) -> None:
    leaver = Leaver().plant()
    client.force_login(UserFactory(superuser=True))
    page = reverse("admin:accounts_user_delete", args=[leaver.person.pk])
    answer = client.post(page, {"post": "yes"}, follow=True)
    assert "is closed" in answer.content.decode()
    assert leaver.found() == {}
    assert keys_to(leaver.person.pk) == {}


def test_staff_who_are_erased_are_logged_out_of_the_admin(client: Client) -> None:
    staff = UserFactory(superuser=True)
    client.force_login(staff)
    other = Client()
    other.force_login(UserFactory(superuser=True))
    leave(staff)
    assert client.get("/admin/").status_code == 302
    assert other.get("/admin/").status_code == 200


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL cleans its pages by itself")
def test_sqlite_overwrites_what_is_removed() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_the_hooks_of_every_domain_are_called_top_down() -> None:
    hooks = services.erase_deleted_accounts.__globals__["personal_data"]._erasing
    assert hooks[0] is forget_person
    assert hooks[-1] is services.forget_in_admin


def test_a_large_account_is_erased_in_slices_which_are_no_failed_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    large = UserFactory()
    for _ in range(20):
        MessageFactory(conversation=conversation_between(large, UserFactory()), sender=large)
    monkeypatch.setattr(sys.modules[services.erase_deleted_accounts.__module__], "SLICE_SECONDS", 0)
    leave(large)
    erasure = Erasure.objects.get()
    assert (erasure.attempts, erasure.done_at is not None) == (1, True)
    assert not User.objects.filter(pk=large.pk).exists()
    assert subjects_to(large.email) == ["Your account was deleted"]


def test_the_admins_log_loses_the_person_and_nobody_else() -> None:
    ann, joann = UserFactory(email="ann@people.example"), UserFactory(email="joann@people.example")
    staff = UserFactory(superuser=True)
    membership, other = HostMembershipFactory(user=ann, email=ann.email), HostMembershipFactory(email=joann.email)
    case = VerificationCaseFactory(user=ann)
    inline = [{"added": {"name": "host membership", "object": f"{ann.email} at 31 as COORDINATOR"}}]
    for row, message in (
        (ann.profile, ""),
        (case, ""),
        (membership, ""),
        (other, ""),
        (membership.host, json.dumps(inline)),
    ):
        kind = ContentType.objects.get_for_model(row)
        LogEntry.objects.create(
            user=staff,
            content_type=kind,
            object_id=str(row.pk),
            object_repr=str(row),
            action_flag=2,
            change_message=message,
        )
    leave(ann)
    left = {(entry.object_repr, entry.change_message) for entry in LogEntry.objects.all()}
    inline[0]["added"]["object"] = "(erased) at 31 as COORDINATOR"
    assert left == {(str(other), ""), (str(membership.host), json.dumps(inline))}


def test_former_addresses_are_forgotten_too() -> None:
    person = UserFactory(email="new@people.example")
    person.email_changes.create(old_email="old@people.example", new_email=person.email, done_at=timezone.now())
    person.email_changes.create(old_email="theirs@people.example", new_email="x@people.example", done_at=timezone.now())
    UserFactory(email="theirs@people.example")
    for address in ("new@people.example", "old@people.example", "theirs@people.example"):
        HostMembershipFactory(invited=True, email=address)
        PasswordReset.objects.create(email=address)
    leave(person)
    assert list(HostMembership.objects.values_list("email", flat=True)) == ["theirs@people.example"]
    assert list(PasswordReset.objects.values_list("email", flat=True)) == ["theirs@people.example"]


def test_what_a_new_account_of_the_address_gets_meanwhile_stays(held_back: Callable[[], int]) -> None:
    leave(UserFactory(email="ada@example.org"))
    again = UserFactory(email="ada@example.org")
    invitation = HostMembershipFactory(invited=True, email=again.email)
    held_back()
    assert HostMembership.objects.get() == invitation


def test_an_act_that_was_under_way_changes_nothing_about_a_closed_account(held_back: Callable[[], int]) -> None:
    person = UserFactory()
    leave(person)
    with pytest.raises(NotSignedIn):
        services.update_profile(actor=person, display_name="Ada again", bio="Here I am")
    with pytest.raises(NotSignedIn):
        services.request_data_export(actor=person)
    assert User.objects.get(pk=person.pk).display_name == "Deleted account"
