"""E-mail addresses: one mailbox has one form, which is stored, compared, counted and mailed to.

The form is ASCII: the local part in lower case, the domain as IDNA 2008 writes it (`x@xn--bcher-kva.example`).
Python's own codec and Django's mails follow IDNA 2003, where `straße.example` is `strasse.example`, a domain of
other people; an address that is ASCII already passes through them unchanged.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import idna
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:
    _EmailField = models.EmailField[str, str]
else:
    _EmailField = models.EmailField

#: RFC 5321: octets of a whole address and of its local part.
MAX_LENGTH, MAX_LOCAL_LENGTH = 254, 64
#: What mail programs write without quotes. A quoted local part would be a second spelling of the same mailbox.
LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
#: A top-level domain has no digits unless it is a Unicode one, which no number and no IP address looks like.
TOP_LEVEL_DOMAIN = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+", re.ASCII)
#: How a migration marks an address whose mailbox another row has: `x@bücher.example (7)`, which is no address.
DUPLICATE_MARK = r" [(][0-9]+[)]$"
INVALID_ADDRESS = "Give an e-mail address such as name@example.org, without characters that cannot be seen."


def parse_address(text: str) -> str:
    """Return the one form of an address; raises ValidationError with the codes `required`, `max_length`, `INVALID`."""
    text = text.strip()
    if not text:
        raise ValidationError("Give an e-mail address.", code="required")
    if len(text) > MAX_LENGTH:
        raise _too_long()
    local, at, domain = text.rpartition("@")
    local = unicodedata.normalize("NFKC", local).lower()
    if not at or not LOCAL_PART.fullmatch(local):
        raise ValidationError(INVALID_ADDRESS, code="INVALID")
    address = f"{local}@{_parse_domain(domain)}"
    if len(local) > MAX_LOCAL_LENGTH or len(address) > MAX_LENGTH:
        raise _too_long()
    return address


def address_key(text: str) -> str:
    """Return the form under which an address is looked up, counted and mailed to; refuses nothing.

    A text that is no valid address now may have been stored under older rules, so it keeps its former form.
    """
    try:
        return parse_address(text)
    except ValidationError:
        return text.strip().casefold()


def validate_address(text: str) -> None:
    """Refuse what `parse_address` refuses, except for the total length, which the column's own validator checks."""
    if len(text) <= MAX_LENGTH:
        parse_address(text)


class AddressField(_EmailField):
    """A column of addresses: values are normalized before they are stored, looked up or cleaned.

    Only cleaning refuses invalid addresses; a migration sees a plain EmailField.
    """

    default_validators = [validate_address]

    def to_python(self, value: Any) -> Any:
        """Return the one form; Django calls this for forms, lookups and saves."""
        text = super().to_python(value)
        return address_key(text) if isinstance(text, str) else text

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002 - Django's shape
        """Set the instance's value to the one that is stored."""
        address = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, address)
        return address

    def formfield(self, **options: Any) -> Any:
        """Return a form field that leaves the validation of addresses to this column."""
        return super().formfield(**{"form_class": forms.CharField, **options})

    def deconstruct(self) -> Any:
        """Describe the column to migrations."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.EmailField", args, options


def _parse_domain(text: str) -> str:
    try:
        domain = idna.encode(text, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise ValidationError(INVALID_ADDRESS, code="INVALID") from None
    labels = domain.split(".")
    if settings.DEBUG and domain == "localhost":
        return domain
    if len(labels) == 1 or labels[-1] == "localhost" or not TOP_LEVEL_DOMAIN.fullmatch(labels[-1]):
        raise ValidationError(INVALID_ADDRESS, code="INVALID")
    return domain


def _too_long() -> ValidationError:
    sentence = f"Give an e-mail address of at most {MAX_LENGTH} characters, {MAX_LOCAL_LENGTH} of them before the @."
    return ValidationError(sentence, code="max_length")
