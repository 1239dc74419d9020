"""Checks for all values that clients send, independent of the field."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from graphql import FloatValueNode, IntValueNode, StringValueNode, Visitor, visit
from strawberry.extensions import SchemaExtension

from graphql_api.checks.texts import is_unicode
from graphql_api.errors import BadUserInput

MAX_NESTING = 50
#: Maximum digits of an integer: no field accepts more, and Python refuses to parse some thousands of digits.
MAX_DIGITS = 20


class CleanInput(SchemaExtension):
    """Refuses text that no database can store, and invalid numbers; the error names the field."""

    def on_validate(self) -> Iterator[None]:
        """Check the variables, and the literal values in the document."""
        for name, value in (self.execution_context.variables or {}).items():
            check_value(value, name)
        if self.execution_context.graphql_document is not None:
            visit(self.execution_context.graphql_document, _Literals())
        yield


class _Literals(Visitor):
    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        check_value(node.value, "a text in the document")

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        if len(node.value) > MAX_DIGITS:
            raise BadUserInput(f"A number in the document is too long: at most {MAX_DIGITS} digits.")

    def enter_float_value(self, node: FloatValueNode, *_: object) -> None:
        check_value(float(node.value), "a number in the document")


def check_value(value: Any, path: str, depth: int = 0) -> None:
    """Raise BadUserInput, naming the path, if any part of the value cannot be stored.

    Of a file, only the name is checked here; the service that receives the file checks its content.
    """
    if depth > MAX_NESTING:
        raise BadUserInput(f"`{path}` is nested too deeply.")
    if isinstance(value, dict):
        for name, inner in value.items():
            check_value(inner, f"{path}.{name}", depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check_value(inner, path, depth + 1)
    else:
        _check_leaf(value, path)


def _check_leaf(value: Any, path: str) -> None:
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, UploadedFile):
        _check_text(value.name or "", f"{path} (the file's name)")
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadUserInput(f"`{path}` must be a finite number.")
    elif isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        raise BadUserInput(f"`{path}` is too long a number: at most {MAX_DIGITS} digits.")


def _check_text(text: str, path: str) -> None:
    if "\x00" in text:
        raise BadUserInput(f"`{path}` must not hold the character NUL.")
    if not is_unicode(text):
        raise BadUserInput(f"`{path}` must be valid Unicode; it holds half a surrogate pair.")
