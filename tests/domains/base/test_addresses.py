"""E-mail addresses: one mailbox has one form, domains follow IDNA 2008, and what hides something is refused."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from domains.base.addresses import address_key, parse_address

ADA = "ada@example.org"
ONE_MAILBOX = {
    ADA: [
        " Ada@Example.ORG ",
        "ada@example.org\r\n",
        "ada@exa\u200bmple.org",
        "ada@exa\u00admple.org",
        "ada@exa\u2060mple.org",
        "ada@exa\u034fmple.org",
        "ada@exam\ufe0fple.org",
        "ada@\uff45xample.org",
        "\uff41da@example.org",
        "ada@example\u3002org",
        "ada@example\uff0eorg",
        "ada@example\uff61org",
    ],
    "x@xn--bcher-kva.example": [
        "x@bücher.example",
        "x@bu\u0308cher.example",
        "X@BÜCHER.example",
        "x@XN--BCHER-KVA.example",
    ],
    "x@xn--strae-oqa.example": ["x@straße.example", "x@STRAẞE.example"],
    "x@strasse.example": ["x@STRASSE.example"],
    "x@xn--nxasmm1c.gr": ["x@βόλος.gr"],
    "x@xn--nxasmq6b.gr": ["x@βόλοσ.gr", "x@ΒΌΛΟΣ.gr"],
    "x@xn--xample-2of.org": ["x@еxample.org"],  # noqa: RUF001 - the Cyrillic letter
    "ada+shift@example.org": ["Ada+Shift@example.org"],
    "o'hara.x_y%z@example.org": ["O'Hara.x_y%z@example.org"],
}
REFUSED = {
    "nothing before the at sign": "@example.org",
    "no at sign": "example.org",
    "two at signs": "a@b@example.org",
    "a single label": "a@localhost",
    "a name of this machine": "a@x.localhost",
    "an IPv4 address": "a@1.2.3.4",
    "an IPv4 address with a long end": "a@1.2.3.44",
    "an IPv4 address in hex": "a@0x7f.0x1",
    "an IPv4 literal": "a@[1.2.3.4]",
    "an IPv6 literal": "a@[::1]",
    "a header": "a@b.example\r\nBcc: x@example.org",
    "a line break before the at sign": "a\n@example.org",
    "a blank": "a b@example.org",
    "a quoted spelling of another mailbox": '"ada"@example.org',
    "a comment": "ada(x)@example.org",
    "a zero width space": "a\u200bda@example.org",
    "a soft hyphen": "a\u00adda@example.org",
    "a word joiner": "a\u2060da@example.org",
    "a variation selector": "ada\ufe0f@example.org",
    "text turned round": "ada\u202e@example.org",
    "text turned round in the domain": "ada@exa\u202emple.org",
    "a Hangul filler": "a\u3164@example.org",
    "a joiner without context": "ada@exa\u200dmple.org",
    "a fullwidth at sign": "ada\uff20example.org",
    "an accent before the at sign": "ádmin@example.org",
    "an empty label": "ada@example..org",
    "a dot at the end": "ada@example.org.",
    "a fake dot at the end": "ada@example\uff0e",
    "two dots before the at sign": "a..da@example.org",
    "a symbol": "ada@☃.example",
    "a symbol in punycode": "ada@xn--n3h.example",
    "punycode of nothing": "ada@xn--a.example",
    "a hyphen at the edge": "ada@-example.org",
    "an underscore": "ada@foo_bar.org",
}


@pytest.mark.parametrize(
    ("form", "spelling"), [(form, one) for form, all_ in ONE_MAILBOX.items() for one in [form, *all_]]
)
def test_one_mailbox_has_one_form(form: str, spelling: str) -> None:
    assert parse_address(spelling) == form


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_what_is_no_address_or_hides_something_is_refused(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_address(address)
    assert refused.value.code == "INVALID"
    assert address_key(address) == address.strip().casefold()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "required"),
        (" \t", "required"),
        ("a" * 300 + "@example.org", "max_length"),
        ("a" * 65 + "@example.org", "max_length"),
        ("a" * 64 + "@" + "éü" * 10 + ("." + "éü" * 10) * 6 + ".org", "max_length"),
    ],
)
def test_nothing_and_too_much_have_codes_of_their_own(address: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_address(address)
    assert refused.value.code == code


def test_while_developing_this_machine_has_mailboxes(settings) -> None:
    settings.DEBUG = True
    assert parse_address("ada@LocalHost") == "ada@localhost"
    with pytest.raises(ValidationError):
        parse_address("ada@127.0.0.1")


@given(st.text(max_size=12), st.text(max_size=12))
@example("\uff41", "ß")
@example("a", "xn--strae-oqa")
def test_a_form_is_ascii_its_own_form_and_has_no_second_meaning(local: str, label: str) -> None:
    text = f"{local}@{label}.example"
    key = address_key(text)
    try:
        form = parse_address(text)
    except ValidationError:
        return
    assert form.isascii()
    assert form == key == parse_address(form)
    assert form.isprintable()
    assert form.count("@") == 1
