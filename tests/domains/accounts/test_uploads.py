"""Files that are sent before the act that takes them: announced, received, completed, used once, and removed."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import DefaultStorage, default_storage, storages
from django.utils import timezone
from PIL import Image
from storages.backends.s3 import S3Storage  # type: ignore[import-untyped]

from domains.accounts import services, tokens
from domains.accounts.models import Upload, UploadPurpose, User
from domains.base.errors import Refused
from tests.domains.accounts.second_factor import refusal
from tests.factories import UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
PICTURE = UploadPurpose.PROFILE_PICTURE


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (20, 20), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def ada(db: None) -> User:
    for name in stored():  # of tests before this one: the storage is in memory, and knows no rollback
        default_storage.delete(f"uploads/{name}")
    return UserFactory()


def announce(user: User, content: bytes = b"", **changed: Any) -> services.Ticket:
    given: dict[str, Any] = {"purpose": PICTURE, "filename": "face.png", "content_type": "image/png"}
    given |= {"size": len(content or png())}
    return services.create_upload(actor=user, **(given | changed))


def send(ticket: services.Ticket, content: bytes | None = None) -> None:
    upload_id = services.find_linked_upload(token=ticket.form.url.rpartition("/")[2])
    services.receive_upload(upload_id=upload_id, file=ContentFile(png() if content is None else content, "x"))


def stored() -> list[str]:
    return default_storage.listdir("uploads")[1] if default_storage.exists("uploads") else []


def arrived(user: User, **changed: Any) -> Upload:
    ticket = announce(user, **changed)
    send(ticket)
    return services.complete_upload(actor=user, upload_id=ticket.upload.pk)


def use(user: User, upload: Upload, purpose: UploadPurpose = PICTURE) -> bytes:
    with services.used_upload(actor=user, upload_id=upload.pk, purpose=purpose) as file:
        return bytes(file.read())


@pytest.mark.django_db(transaction=True)
def test_a_file_is_sent_completed_and_used_once(ada: User) -> None:
    upload = arrived(ada)
    assert (upload.filename, upload.content_type, upload.size) == ("face.png", "image/png", len(png()))
    assert use(ada, upload) == png()
    assert refusal(use, ada, upload) == ("NOT_FOUND", "upload_id")
    assert refusal(services.complete_upload, actor=ada, upload_id=upload.pk) == ("NOT_FOUND", "upload_id")
    assert not Upload.objects.exists()
    assert stored() == []


def test_completing_again_returns_the_same_file(ada: User) -> None:
    upload = arrived(ada)
    assert services.complete_upload(actor=ada, upload_id=upload.pk) == upload


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"size": 0}, "INVALID", "size"),
        ({"size": -1}, "INVALID", "size"),
        ({"size": 10 * 1024 * 1024 + 1}, "TOO_LARGE", "size"),
        ({"content_type": "image/svg+xml"}, "UNSUPPORTED_TYPE", "content_type"),
        ({"content_type": "text/html"}, "UNSUPPORTED_TYPE", "content_type"),
        ({"purpose": UploadPurpose.RESUME}, "UNSUPPORTED_TYPE", "content_type"),
        ({"purpose": UploadPurpose.COURSE_ATTACHMENT}, "INVALID", "purpose"),
    ],
)
def test_what_the_purpose_does_not_take_is_refused_at_once(
    ada: User, changed: dict[str, Any], code: str, field: str
) -> None:
    assert refusal(announce, ada, **changed) == (code, field)
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.php\x00.jpg", "x" * 4000, "\u202egnp.exe"])
def test_the_name_is_never_a_place(ada: User, name: str) -> None:
    ticket = announce(ada, filename=name)
    assert ticket.upload.place.startswith("uploads/")
    assert len(ticket.upload.place) == len("uploads/") + 40
    assert not {"/", "\x00", "\u202e"} & set(ticket.upload.filename)


@pytest.mark.parametrize("purpose", [UploadPurpose.RESUME, UploadPurpose.LINKEDIN_EXPORT, UploadPurpose.ATTACHMENT])
def test_every_domain_that_takes_files_takes_uploads(ada: User, purpose: UploadPurpose) -> None:
    kinds = {"RESUME": "application/pdf", "LINKEDIN_EXPORT": "application/zip", "ATTACHMENT": "text/plain"}
    assert announce(ada, purpose=purpose, content_type=kinds[purpose.value]).upload.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("content", [b"<svg xmlns='x'/>", b"<html>", b"GIF89", b"%PDF-1.7", b"\x00" * 30])
def test_what_it_is_is_told_by_its_bytes(ada: User, content: bytes) -> None:
    ticket = announce(ada)
    send(ticket, content)
    assert refusal(services.complete_upload, actor=ada, upload_id=ticket.upload.pk) == ("UNSUPPORTED_TYPE", "upload_id")
    assert not Upload.objects.exists()
    assert stored() == []


def test_a_file_may_not_be_larger_than_announced(ada: User) -> None:
    ticket = announce(ada, size=10)
    assert refusal(send, ticket) == ("TOO_LARGE", "file")
    assert refusal(send, ticket, b"") == ("INVALID", "file")
    default_storage.save(ticket.upload.place, ContentFile(png()))  # past this server, in a storage that takes it
    assert refusal(services.complete_upload, actor=ada, upload_id=ticket.upload.pk) == ("TOO_LARGE", "upload_id")


def test_before_it_has_arrived_it_cannot_be_completed(ada: User) -> None:
    ticket = announce(ada)
    assert refusal(services.complete_upload, actor=ada, upload_id=ticket.upload.pk) == ("CONFLICT", "upload_id")
    send(ticket)
    assert services.complete_upload(actor=ada, upload_id=ticket.upload.pk).completed_at


def test_a_later_file_takes_the_place_until_it_is_completed(ada: User) -> None:
    ticket = announce(ada, size=2000)
    send(ticket, b"GIF89a")
    send(ticket)
    upload = services.complete_upload(actor=ada, upload_id=ticket.upload.pk)
    assert refusal(send, ticket, b"GIF89a") == ("NOT_FOUND", None)
    assert use(ada, upload) == png()


def test_only_its_owner_uses_it_for_its_purpose(ada: User) -> None:
    upload, stranger = arrived(ada), UserFactory()
    assert refusal(use, stranger, upload) == ("NOT_FOUND", "upload_id")
    assert refusal(use, ada, upload, UploadPurpose.RESUME) == ("NOT_FOUND", "upload_id")
    assert refusal(services.complete_upload, actor=stranger, upload_id=upload.pk) == ("NOT_FOUND", "upload_id")
    assert use(ada, upload)


def test_what_the_act_refuses_can_be_used_again(ada: User) -> None:
    upload = arrived(ada)

    def refuse() -> None:
        with services.used_upload(actor=ada, upload_id=upload.pk, purpose=PICTURE):
            raise Refused.because("FULL", "Not now.")

    assert refusal(refuse) == ("FULL", None)
    assert use(ada, upload)


@pytest.mark.django_db(transaction=True)
def test_of_ten_acts_at_once_one_gets_it(ada: User) -> None:
    upload = arrived(ada)
    results = at_once(lambda _: use(ada, upload), 10)
    assert sum(isinstance(one, bytes) for one in results) == 1
    assert [one.problems[0].code for one in results if isinstance(one, Refused)] == ["NOT_FOUND"] * 9


@pytest.mark.django_db(transaction=True)
def test_files_under_way_are_counted_exactly(ada: User) -> None:
    results = at_once(lambda _: announce(ada), 25)
    assert sum(isinstance(one, Refused) for one in results) == 5
    assert Upload.objects.count() == 20


def test_time_runs_out(ada: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ticket, upload = announce(ada), arrived(ada)
        clock.shift(timedelta(minutes=16))
        assert refusal(send, ticket) == ("NOT_FOUND", None)
        assert refusal(services.complete_upload, actor=ada, upload_id=ticket.upload.pk) == ("CONFLICT", "upload_id")
        clock.shift(timedelta(minutes=45))
        assert refusal(use, ada, upload) == ("NOT_FOUND", "upload_id")
        assert refusal(services.complete_upload, actor=ada, upload_id=upload.pk) == ("NOT_FOUND", "upload_id")
        assert refusal(services.complete_upload, actor=ada, upload_id=ticket.upload.pk) == ("NOT_FOUND", "upload_id")


@pytest.mark.django_db(transaction=True)
def test_what_nothing_used_is_removed(ada: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ticket, _ = announce(ada), arrived(ada)
        assert services.remove_old_uploads(now=timezone.now()) == 0
        clock.shift(timedelta(hours=2, minutes=1))
        assert refusal(services.complete_upload, actor=ada, upload_id=ticket.upload.pk) == ("NOT_FOUND", "upload_id")
        assert services.remove_old_uploads(now=timezone.now()) == 2
    assert stored() == []
    assert not Upload.objects.exists()


def test_what_is_sent_after_completion_takes_no_place(ada: User) -> None:
    """S3's form works for a quarter of an hour, whatever was done with the file meanwhile."""
    ticket = announce(ada, size=2000)
    default_storage.save(ticket.upload.place, ContentFile(png()))
    upload = services.complete_upload(actor=ada, upload_id=ticket.upload.pk)
    assert not default_storage.exists(ticket.upload.place)
    default_storage.save(ticket.upload.place, ContentFile(b"GIF89a of another"))
    assert use(ada, upload) == png()


@pytest.mark.django_db(transaction=True)
def test_of_ten_completions_at_once_all_return_the_one_file(ada: User) -> None:
    ticket = announce(ada)
    send(ticket)
    results = at_once(lambda _: services.complete_upload(actor=ada, upload_id=ticket.upload.pk), 10)
    upload = Upload.objects.get()
    assert {one.problems[0].code for one in results if isinstance(one, Refused)} <= {"CONFLICT"}
    assert {one.place for one in results if isinstance(one, Upload)} == {upload.place}
    assert use(ada, upload) == png()
    assert stored() == []


@pytest.mark.parametrize("error", [OSError("full"), RuntimeError("403"), TimeoutError()])
def test_a_storage_that_fails_loses_nothing(ada: User, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, upload = announce(ada), arrived(ada)

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "open", fail)
        patch.setattr(default_storage, "save", fail)
        assert refusal(send, ticket) == ("CONFLICT", "upload_id")
        assert refusal(services.complete_upload, actor=ada, upload_id=ticket.upload.pk) == ("CONFLICT", "upload_id")
        assert refusal(use, ada, upload) == ("CONFLICT", "upload_id")
    send(ticket)
    assert services.complete_upload(actor=ada, upload_id=ticket.upload.pk).completed_at
    assert use(ada, upload) == png()


def test_the_form_of_s3_has_all_its_bounds(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The storage is not looked at before: a process that has just started gives the same form."""
    options = {"access_key": "key", "secret_key": "secret", "bucket_name": "bucket", "region_name": "eu-central-1"}
    storage = DefaultStorage()
    s3 = S3Storage(**options)
    monkeypatch.setitem(vars(storages)["_storages"], "default", s3)
    monkeypatch.setattr("domains.base.direct_uploads.default_storage", storage)
    ticket = announce(ada)
    policy = json.loads(b64decode(ticket.form.fields["policy"]))["conditions"]
    bounds = [one for one in policy if isinstance(one, list)] + [
        {name: value} for one in policy if isinstance(one, dict) for name, value in one.items() if "amz" not in name
    ]
    assert {json.dumps(one) for one in bounds} == {
        json.dumps(one)
        for one in (
            ["content-length-range", 1, len(png())],
            {"Content-Type": "image/png"},
            {"bucket": "bucket"},
            {"key": ticket.upload.place},
        )
    }


@pytest.mark.parametrize("token", ["", "x", "1:2:3", "x" * 5000])
def test_an_address_that_was_not_given_leads_nowhere(token: str) -> None:
    assert refusal(services.find_linked_upload, token=token) == ("NOT_FOUND", None)


def test_the_address_of_a_closed_account_leads_nowhere(ada: User) -> None:
    ticket = announce(ada)
    ada.is_active = False
    ada.save()
    assert refusal(send, ticket) == ("NOT_FOUND", None)
    with pytest.raises(tokens.BadToken):
        tokens.read_upload_link(tokens.sign_key(tokens.KeyPurpose.VERIFY_EMAIL, ticket.upload.pk))
