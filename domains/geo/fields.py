"""The model field that keeps a ZIP code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from domains.geo.selectors import find_zip_code_problem, normalize_zip_code

#: The validator that migrations name.
ZIP_CODE_VALIDATOR = RegexValidator(r"^[0-9]{5}\Z", "Give a ZIP code of five digits, such as 94110.", "INVALID")


if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField


class ZipCodeField(_CharField):
    """A United States ZIP code of five digits that exists, or nothing.

    Values are normalized wherever they come from: a service's `clean_fields`, a form of the admin, a filter. An
    invalid value gets one message. Migrations see a CharField.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 5, "blank": True, "validators": [ZIP_CODE_VALIDATOR], **options})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Describe the field to migrations as a CharField."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.CharField", [*arguments], options

    def to_python(self, value: Any) -> Any:
        """Return the five digits of a ZIP code; any other value stays as it is, and does not pass validation."""
        text = super().to_python(value)
        return text if text is None else normalize_zip_code(text)

    def run_validators(self, value: Any) -> None:
        """Raise a single error for an invalid value."""
        if value not in self.empty_values and (problem := find_zip_code_problem(str(value))):
            raise ValidationError(problem, "INVALID")

    def formfield(self, **options: Any) -> Any:
        """Return a form field that also accepts ZIP+4."""
        return super().formfield(**{"max_length": None, **options})
