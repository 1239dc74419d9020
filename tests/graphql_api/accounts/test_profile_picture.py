"""Profile pictures: drawn anew in three sizes, shown by short-lived links to users who may read the profile."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from domains.accounts import services, tokens
from domains.accounts.models import PictureSize, ProfilePicture, User
from domains.base.audit import check_invariants
from tests.api import Api, codes, gid
from tests.attachments import (
    PDF,
    SECRET,
    drawing_with_secrets,
    moving_picture,
    photo_with_secrets,
    picture_of,
    upload_of,
)
from tests.factories import UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ApiAs = Callable[[User], Api]

SHOWN = "profilePicture { small: url(size: SMALL) medium: url large: url(size: LARGE) width height }"
UPLOAD = f"""mutation U($input: UploadProfilePictureInput!) {{ uploadProfilePicture(input: $input) {{
  __typename ... on User {{ {SHOWN} }} ... on OperationInfo {{ messages {{ code field message }} }} }} }}"""
REMOVE = f"mutation {{ removeProfilePicture {{ __typename ... on User {{ {SHOWN} }} }} }}"
NODE = f"query N($id: ID!) {{ node(id: $id) {{ ... on User {{ {SHOWN} }} }} }}"


def stored() -> set[str]:
    names: set[str] = set()
    for folder in ProfilePicture.FOLDERS.values():
        if default_storage.exists(folder):
            names |= {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    return names


def opened(client: Client, url: str) -> Any:
    response: Any = client.get(urlsplit(url).path)
    return response, b"".join(response.streaming_content) if response.streaming else b""


@pytest.fixture
def ada(transactional_db: None) -> User:
    return UserFactory(display_name="Ada")


@pytest.fixture
def before(transactional_db: None) -> set[str]:
    return stored()


def test_a_picture_is_shown_in_three_sizes(api_as: ApiAs, ada: User, client: Client) -> None:
    payload = api_as(ada).act(UPLOAD, picture=upload_of(picture_of("PNG", size=(1600, 1200)), "me.png"))
    shown = payload["profilePicture"]
    assert (shown["width"], shown["height"]) == (1024, 1024)
    for name, side in (("small", 64), ("medium", 256), ("large", 1024)):
        response, content = opened(client, shown[name])
        picture = Image.open(io.BytesIO(content))
        assert (picture.format, picture.size) == ("WEBP", (side, side))
        assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert response["Content-Length"] == str(len(content))
        assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("content", [photo_with_secrets(), drawing_with_secrets()], ids=["photo", "drawing"])
def test_nothing_of_the_file_is_kept_but_what_can_be_seen(ada: User, content: bytes) -> None:
    services.upload_profile_picture(actor=ada, picture=upload_of(content))
    row = ProfilePicture.objects.get()
    for size in PictureSize:
        kept = row.file_of(size).read()
        assert SECRET not in kept
        assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_photo_stands_upright(ada: User) -> None:
    """The left half of the file is red; turned as its camera says, that is the upper half."""
    services.upload_profile_picture(actor=ada, picture=upload_of(photo_with_secrets()))
    picture = Image.open(io.BytesIO(ProfilePicture.objects.get().large.read())).convert("RGB")
    side = picture.width
    upper, lower = picture.getpixel((side // 2, 2)), picture.getpixel((side // 2, side - 3))
    assert isinstance(upper, tuple)
    assert isinstance(lower, tuple)
    assert (upper[1] < 80, lower[1] > 200) == (True, True)


@pytest.mark.parametrize("size", [(1, 1), (20, 300), (64, 64), (100, 90)], ids=str)
def test_a_small_picture_is_not_enlarged(ada: User, size: tuple[int, int]) -> None:
    services.upload_profile_picture(actor=ada, picture=upload_of(picture_of("PNG", size=size)))
    row = ProfilePicture.objects.get()
    assert row.side == min(size)
    assert Image.open(io.BytesIO(row.small.read())).width == min(64, *size)


@pytest.mark.parametrize(
    "content", [moving_picture(), moving_picture("WEBP"), picture_of("GIF")], ids=["gif", "webp", "still"]
)
def test_of_a_moving_picture_the_beginning_is_shown(ada: User, content: bytes) -> None:
    services.upload_profile_picture(actor=ada, picture=upload_of(content))
    assert getattr(Image.open(io.BytesIO(ProfilePicture.objects.get().large.read())), "n_frames", 1) == 1


def test_what_is_transparent_stays_so(ada: User) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (80, 80), (255, 0, 0, 0)).save(out, "PNG")
    services.upload_profile_picture(actor=ada, picture=upload_of(out.getvalue()))
    assert Image.open(io.BytesIO(ProfilePicture.objects.get().large.read())).mode == "RGBA"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "INVALID"),
        (b"   ", "INVALID"),
        (b"x" * (10 * 1024 * 1024 + 1), "TOO_LARGE"),
        (picture_of("PNG", size=(6_000, 5_000)), "TOO_LARGE"),
        (PDF, "UNSUPPORTED_TYPE"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "UNSUPPORTED_TYPE"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "UNSUPPORTED_TYPE"),
        (picture_of("PNG")[:60], "UNSUPPORTED_TYPE"),
        (picture_of("BMP"), "UNSUPPORTED_TYPE"),
    ],
    ids=["empty", "blanks", "bytes", "pixels", "PDF", "SVG", "no picture", "cut off", "BMP"],
)
def test_what_is_no_picture_is_refused_and_the_earlier_one_stays(
    api_as: ApiAs, ada: User, content: bytes, code: str
) -> None:
    services.upload_profile_picture(actor=ada, picture=upload_of(picture_of()))
    kept = ProfilePicture.objects.get().large.name, stored()
    payload = api_as(ada).act(UPLOAD, picture=upload_of(content, "me.png"))
    assert [(one["code"], one["field"]) for one in payload["messages"]] == [(code, "picture")]
    assert (ProfilePicture.objects.get().large.name, stored()) == kept


def test_a_new_picture_takes_the_place_of_the_earlier_and_none_leaves_a_file(
    api_as: ApiAs, ada: User, before: set[str], client: Client
) -> None:
    api = api_as(ada)
    first = api.act(UPLOAD, picture=upload_of(picture_of()))["profilePicture"]
    api.act(UPLOAD, picture=upload_of(picture_of(size=(90, 90))))
    assert ProfilePicture.objects.get().side == 90
    assert len(stored() - before) == 3
    assert api.ask(REMOVE)["removeProfilePicture"]["profilePicture"] is None
    assert api.ask(REMOVE)["removeProfilePicture"]["profilePicture"] is None
    assert stored() == before
    assert opened(client, first["small"])[0].status_code == 404


def test_uploads_at_once_leave_one_picture_with_its_files(ada: User, before: set[str]) -> None:
    at_once(
        lambda number: services.upload_profile_picture(
            actor=ada, picture=upload_of(picture_of(size=(50 + number,) * 2))
        ),
        4,
    )
    row = ProfilePicture.objects.get()
    assert stored() - before == {row.file_of(size).name for size in PictureSize}


def test_links_end_and_forged_ones_show_nothing(ada: User, client: Client) -> None:
    services.upload_profile_picture(actor=ada, picture=upload_of(picture_of()))
    other = UserFactory()
    link = tokens.sign_picture_link(ada.pk, PictureSize.SMALL)
    assert opened(client, f"/pictures/{link}")[0].status_code == 200
    forged = [
        link[:-1],
        link.replace(".64:", ".256:"),
        "x",
        "x" * 5000,
        tokens.sign_picture_link(other.pk, PictureSize.SMALL),
    ]
    assert {opened(client, f"/pictures/{one}")[0].status_code for one in forged} == {404}
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        assert opened(client, f"/pictures/{link}")[0].status_code == 404


def test_links_of_one_minute_are_the_same(ada: User) -> None:
    with time_machine.travel("2030-06-01 12:00:01"):
        first = tokens.sign_picture_link(ada.pk, PictureSize.SMALL)
    with time_machine.travel("2030-06-01 12:00:58"):
        assert tokens.sign_picture_link(ada.pk, PictureSize.SMALL) == first


def test_strangers_do_not_see_the_pictures_of_minors(api: Api, api_as: ApiAs) -> None:
    minor, adult = UserFactory(profile__birth_year=timezone.now().year - 16), UserFactory()
    for person in (minor, adult):
        services.upload_profile_picture(actor=person, picture=upload_of(picture_of()))
    assert api.ask(NODE, id=gid(adult))["node"]["profilePicture"]["width"] == 20
    assert api.ask(NODE, id=gid(minor))["node"] is None
    assert api_as(minor).ask("{ me { profilePicture { width } } }")["me"]["profilePicture"] == {"width": 20}


def test_uploads_are_limited_by_the_hour(api_as: ApiAs, ada: User) -> None:
    api = api_as(ada)
    for _ in range(services.MAX_PICTURE_UPLOADS_PER_HOUR):
        api.act(UPLOAD, picture=upload_of(b""))
    assert codes(api.act(UPLOAD, picture=upload_of(picture_of()))) == ["RATE_LIMITED"]


def test_strangers_upload_nothing(api: Api) -> None:
    assert codes(api.act(UPLOAD, picture=upload_of(picture_of()))) == ["UNAUTHENTICATED"]


def test_files_without_a_person_are_removed_by_and_by(ada: User, before: set[str]) -> None:
    services.upload_profile_picture(actor=ada, picture=upload_of(picture_of()))
    assert all(result.holds for result in check_invariants(with_files=True) if "pictures" in result.invariant.name)
    User.objects.filter(pk=ada.pk).delete()
    assert services.remove_stray_pictures(now=timezone.now()) == 0
    assert services.remove_stray_pictures(now=timezone.now() + timedelta(days=2)) >= 3
    assert stored() <= before


class TestTheAdmin:
    """Staff see pictures, and take them down."""

    def test_takes_a_picture_down_with_its_files(self, ada: User, before: set[str], client: Client) -> None:
        services.upload_profile_picture(actor=ada, picture=upload_of(picture_of()))
        client.force_login(UserFactory(superuser=True))
        page = client.get(f"/admin/accounts/profilepicture/{ada.pk}/change/")
        assert b"<img src=" in page.content
        client.post(f"/admin/accounts/profilepicture/{ada.pk}/delete/", {"post": "yes"})
        assert not ProfilePicture.objects.exists()
        assert stored() == before
