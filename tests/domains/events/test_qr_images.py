"""A QR image is read back by another program, and its code is checked with the public key alone."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from django.core.cache import caches
from PIL import Image, ImageFilter

from domains.base import signing
from domains.events import codes, qr_images
from domains.events.models import EventTicket
from domains.events.qr_images import ImageForm, group_letters, image_of
from tests.factories import EventTicketFactory
from tests.qr_codes import check_alone, read_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> EventTicket:
    return EventTicketFactory(attendee__display_name="Zebulon Quartermain", event__title="Jamboree")


def png_of(ticket: EventTicket, *, letters: bool = True) -> bytes:
    typed = group_letters(ticket.ticket_code) if letters else ""
    return image_of(ImageForm.PNG, code=codes.code_of(ticket), letters=typed)


@pytest.mark.parametrize("letters", [True, False])
def test_another_program_reads_the_code_and_the_public_key_alone_proves_it(
    ticket: EventTicket, tmp_path: Path, letters: bool
) -> None:
    code = read_bytes(png_of(ticket, letters=letters), tmp_path)
    assert code == codes.code_of(ticket)
    claims = check_alone(code, signing.public_key(codes.PURPOSE).pem)
    assert claims == {"aud": f"event-{ticket.event_id}", "sub": f"ticket-{ticket.pk}", "jti": ticket.code_random}


def test_a_code_with_any_other_character_is_refused_by_whoever_checks_it(ticket: EventTicket, tmp_path: Path) -> None:
    code, pem = read_bytes(png_of(ticket), tmp_path), signing.public_key(codes.PURPOSE).pem
    assert len(code) > 200
    for place, one in enumerate(code):
        changed = f"{code[:place]}{'B' if one == 'A' else 'A'}{code[place + 1 :]}"
        with pytest.raises((InvalidSignature, ValueError)):
            check_alone(changed, pem)
        assert codes.find_ticket(changed) is None


def test_the_key_of_another_purpose_proves_nothing(ticket: EventTicket, tmp_path: Path) -> None:
    code = read_bytes(png_of(ticket), tmp_path)
    with pytest.raises(InvalidSignature):
        check_alone(code, signing.public_key("service-record").pem)


def test_it_is_read_from_a_small_blurred_and_dirty_print(ticket: EventTicket, tmp_path: Path) -> None:
    whole = Image.open(io.BytesIO(png_of(ticket)))
    picture = whole.resize((whole.width // 2, whole.height // 2)).filter(ImageFilter.GaussianBlur(1))
    middle = picture.width // 2
    picture.paste(0, (middle - 12, middle - 12, middle + 12, middle + 12))
    file = io.BytesIO()
    picture.save(file, "PNG")
    assert read_bytes(file.getvalue(), tmp_path) == codes.code_of(ticket)


def test_the_png_is_crisp_large_and_has_a_white_margin(ticket: EventTicket) -> None:
    with_letters = Image.open(io.BytesIO(png_of(ticket)))
    picture = Image.open(io.BytesIO(png_of(ticket, letters=False)))
    assert (picture.width, with_letters.width) == (picture.height, picture.width)
    assert picture.width >= 600
    assert with_letters.height > picture.height
    margin = qr_images.QUIET_ZONE * qr_images.PIXELS_PER_MODULE
    assert {value for _, value in picture.getcolors() or ()} == {0, 255}, "no module is blurred"
    assert picture.crop((0, 0, picture.width, margin)).getextrema() == (255, 255)
    assert picture.crop((0, 0, margin, picture.height)).getextrema() == (255, 255)
    assert picture.getpixel((margin, margin)) == 0


def test_the_svg_has_the_letters_as_text_and_runs_nothing(ticket: EventTicket) -> None:
    letters = group_letters(ticket.ticket_code)
    svg = image_of(ImageForm.SVG, code=codes.code_of(ticket), letters=letters).decode()
    assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", letters)
    assert f">{letters}</text>" in svg
    assert not re.search(r"<script|style=|href|on\w+=", svg)


def test_an_image_is_drawn_once_and_another_code_has_another(
    ticket: EventTicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    modules_of = qr_images._modules_of

    def count(code: str) -> list[list[bool]]:
        drawn.append(code)
        return modules_of(code)

    monkeypatch.setattr(qr_images, "_modules_of", count)
    first = [png_of(ticket) for _ in range(3)]
    assert len(drawn) == 1
    assert len(set(first)) == 1
    assert png_of(EventTicketFactory()) != first[0]
    assert len(drawn) == 2


def test_an_image_is_drawn_while_the_cache_is_down(ticket: EventTicket, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = png_of(ticket)

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("gone")

    for method in ("get", "set"):
        monkeypatch.setattr(caches["default"], method, fail)
    assert png_of(ticket) == kept


def test_the_cache_holds_no_name_and_no_key_that_tells_the_code(
    ticket: EventTicket, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[str, Any]] = []
    monkeypatch.setattr(caches["default"], "set", lambda name, value, *_: kept.append((name, value)))
    svg = image_of(ImageForm.SVG, code=codes.code_of(ticket), letters=group_letters(ticket.ticket_code))
    ((name, value),) = kept
    assert value == svg
    for secret in (ticket.ticket_code, ticket.code_random, codes.code_of(ticket)[-20:]):
        assert secret not in name
    for word in ("Zebulon", "Quartermain", "Jamboree", ticket.attendee.email):
        assert word not in name
        assert word.encode() not in value
