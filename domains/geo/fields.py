"""The model field that keeps a ZIP code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from domains.geo.selectors import normalize_zip_code, why_no_zip_code

#: What the migrations know of the field.
FORM = RegexValidator(r"^[0-9]{5}\Z", "Give a ZIP code of five digits, such as 94110.", "INVALID")


if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField


class ZipCodeField(_CharField):
    """A United States ZIP code of five digits that exists, or nothing.

    Values are normalized wherever they come from: a service's `clean_fields`, a form of the admin, a filter. What is
    wrong with one is said in one message. To a migration it is the CharField that it always was.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 5, "blank": True, "validators": [FORM], **options})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Return it as a CharField."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.CharField", [*arguments], options

    def to_python(self, value: Any) -> Any:
        """Return the five digits of a ZIP code; what is none stays what it is, and does not pass validation."""
        text = super().to_python(value)
        return text if text is None else normalize_zip_code(text)

    def run_validators(self, value: Any) -> None:
        """Raise one error for whatever is wrong."""
        if value not in self.empty_values and (wrong := why_no_zip_code(str(value))):
            raise ValidationError(wrong, "INVALID")

    def formfield(self, **options: Any) -> Any:
        """Return a field of a form that takes ZIP+4, too."""
        return super().formfield(**{"max_length": None, **options})
