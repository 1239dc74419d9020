"""Strangers: every mutation but those that begin a session refuses them, and changes nothing.

The inputs are made from the schema, so that a mutation added tomorrow is asked today.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    build_schema,
)

from graphql_api.schema import schema
from tests.api import Api, codes, gid
from tests.factories import RoleFactory

OPEN_TO_ALL = {
    "signUp",
    "verifyEmail",
    "logIn",
    "logInWithCode",
    "logInWithProvider",
    "completeMfa",
    "refreshSession",
    "devLogIn",
    "requestPasswordReset",
    "resetPassword",
}
MUTATION_TYPE = build_schema(schema.as_str()).mutation_type
assert MUTATION_TYPE
CLOSED = sorted(set(MUTATION_TYPE.fields) - OPEN_TO_ALL)


def smallest(kind: Any, some_id: str) -> Any:
    """Return the smallest value that the type takes."""
    if isinstance(kind, GraphQLNonNull):
        return smallest(kind.of_type, some_id)
    if isinstance(kind, GraphQLList):
        return [smallest(kind.of_type, some_id)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        required = {name: field for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
        return {name: smallest(field.type, some_id) for name, field in required.items()}
    assert isinstance(kind, GraphQLScalarType)
    if kind.name == "Upload":
        return SimpleUploadedFile("something.txt", b"something")
    return {
        "ID": some_id,
        "String": "something",
        "Int": 1,
        "Float": 1.0,
        "Boolean": True,
        "DateTime": "2030-01-01T10:00:00Z",
        "UUID": "0b8a7d1e-3f64-4c55-9d0e-6b9a1f3c2d11",
    }[kind.name]


def all_rows() -> dict[str, int]:
    models: list[type[Model]] = list(apps.get_models())
    return {model._meta.label: model._default_manager.count() for model in models}


@pytest.mark.parametrize("name", CLOSED)
def test_a_stranger_is_refused_and_nothing_changes(api: Api, name: str) -> None:
    assert MUTATION_TYPE
    argument = MUTATION_TYPE.fields[name].args.get("input")
    input = smallest(argument.type, gid(RoleFactory())) if argument else {}
    declared, given = (f"($input: {argument.type})", "(input: $input)") if argument else ("", "")
    document = f"""mutation M{declared} {{
      {name}{given} {{ __typename ... on OperationInfo {{ messages {{ code }} }} }} }}"""
    before = all_rows()
    assert codes(api.act(document, **input)) == ["UNAUTHENTICATED"]
    assert all_rows() == before
