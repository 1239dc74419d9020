"""Ids are opaque: garbage, another type's id and that of a row that is gone are answered alike, at every door.

The doors are found in the schema: `node`, root fields by id, inputs of mutations, filters, subscriptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from graphql import GraphQLInputObjectType, GraphQLList, get_named_type, get_nullable_type, is_leaf_type
from strawberry.relay import to_base64

from graphql_api.schema import schema
from tests.api import Api
from tests.cache import forget
from tests.factories import CourseFactory, UserFactory
from tests.house.test_strangers import smallest
from tests.subscriptions import follow

CORE: Any = schema._schema
#: Which type the ids of an argument or a field name, where its own name does not say it.
NAMED = {
    "attachment": "MessageAttachment",
    "corrects": "HoursEntry",
    "endorsedSkill": "Skill",
    "host": "OpportunityHost",
    "membership": "HostMembership",
    "participant": "User",
    "record": "ServiceRecord",
    "requiredCourse": "Course",
    "session": "UserSession",
    "subject": "Message",
    "ticket": "EventTicket",
    "upload": "StoredFile",
}
#: What some mutations look at before they look for what an id names.
SOUND: dict[str, dict[str, Any]] = {
    "reactToMessage": {"emoji": "🎉"},
    "markNotificationsRead": {"all": False},
    "logHours": {"startedAt": "2026-03-01T10:00:00-08:00", "endedAt": "2026-03-01T12:00:00-08:00"},
}
MISSING_KEY = 987_654_321


def bad_ids(name: str, type_name: str = "") -> dict[str, str]:
    """Return what leads nowhere, the id of a row that is gone among it; `name` is what the id is called."""
    stem = name.removesuffix("s").removesuffix("Id")
    kind = type_name or NAMED.get(stem, stem[:1].upper() + stem[1:])
    assert kind in CORE.type_map, f"{name}: say in NAMED whose id it is"
    other = to_base64("Course", CourseFactory().pk)
    garbage = {"empty": "", "nonsense": "nonsense", "long": "x" * 5_000, "no key": to_base64(kind, "1 OR 1=1")}
    return {"gone": to_base64(kind, MISSING_KEY), **garbage} | ({} if kind == "Course" else {"another's": other})


def id_arguments(fields: Any) -> Iterator[tuple[str, str]]:
    for name, field in fields.items():
        for key, argument in field.args.items():
            if get_named_type(argument.type).name == "ID":
                yield name, key


def id_fields(kind: GraphQLInputObjectType, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the way to each field of an input that takes an id, or several."""
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        if named.name == "ID":
            yield (*path, name)
        elif isinstance(named, GraphQLInputObjectType):
            yield from id_fields(named, (*path, name))


def with_id(kind: Any, path: tuple[str, ...], id: str) -> Any:
    """Return the smallest value of the type in which the id stands where the path leads."""
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        return [with_id(inner.of_type, path, id)]
    if not path:
        return id
    return {**smallest(inner, id), path[0]: with_id(inner.fields[path[0]].type, path[1:], id)}


INPUTS = [
    (name, path)
    for name, field in CORE.mutation_type.fields.items()
    if "input" in field.args
    for path in (id_fields(get_named_type(field.args["input"].type)) if "input" in field.args else ())
]
FILTERS = [
    (name, path)
    for name, field in CORE.query_type.fields.items()
    if "filters" in field.args
    for path in id_fields(get_named_type(field.args["filters"].type))
]


@pytest.fixture
def member(api_as: Any) -> Api:
    viewer = UserFactory(user_type="BOTH")
    found: Api = api_as(viewer)
    return found


def alike(answers: dict[str, Any]) -> Any:
    """Return the one answer that all of them got."""
    assert {what for what, answer in answers.items() if answer != answers["gone"]} == set(), answers
    return answers["gone"]


def told(answer: dict[str, Any]) -> Any:
    errors = [(one["path"], one["extensions"]["code"], one["message"]) for one in answer.get("errors", ())]
    return answer["data"], errors


@pytest.mark.parametrize(("name", "key"), [*id_arguments(CORE.query_type.fields)])
def test_a_root_field_gives_null_or_says_not_found(member: Api, name: str, key: str) -> None:
    field = CORE.query_type.fields[name]
    named = get_named_type(field.type)
    selection = "" if is_leaf_type(named) else "{ __typename }"
    document = f"query Q($id: ID!) {{ {name}({key}: $id) {selection} }}"
    # Of `node` no type is another's.
    type_name = {"node": "Course"}.get(name, named.name) if key == "id" else ""
    answers = {what: told(member.post(document, {"id": id})) for what, id in bad_ids(key, type_name).items()}
    data, errors = alike(answers)
    assert data == {name: None}
    assert [code for _, code, _ in errors] == ([] if key == "id" else ["NOT_FOUND"])


@pytest.mark.parametrize(("name", "path"), INPUTS)
def test_a_mutation_refuses_with_not_found(member: Api, name: str, path: tuple[str, ...]) -> None:
    kind = CORE.mutation_type.fields[name].args["input"].type
    document = f"""mutation M($input: {kind}) {{
      {name}(input: $input) {{ ... on OperationInfo {{ messages {{ kind code field message }} }} }} }}"""
    answers = {}
    for what, id in bad_ids(path[-1]).items():
        forget()
        input = with_id(kind, path, id) | SOUND.get(name, {})
        if path == ("correctsId",):
            input["applicationId"] = id
        if name == "uploadAttachment" and path != ("uploadId",):
            input["file"] = SimpleUploadedFile("something.txt", b"something")
        answers[what] = told(member.post(document, {"input": input}))
    data, errors = alike(answers)
    assert errors == []
    # Others of its ids, and its texts, may be refused too, or first.
    assert "NOT_FOUND" in {one["code"] for one in data[name]["messages"]}, data


@pytest.mark.parametrize(("name", "path"), FILTERS)
def test_a_filter_finds_nothing(member: Api, name: str, path: tuple[str, ...]) -> None:
    kind = CORE.query_type.fields[name].args["filters"].type
    document = f"query Q($filters: {kind}) {{ {name}(filters: $filters) {{ totalCount edges {{ __typename }} }} }}"
    answers = {
        what: told(member.post(document, {"filters": with_id(kind, path, id)}))
        for what, id in bad_ids(path[-1]).items()
    }
    assert alike(answers) == ({name: {"totalCount": 0, "edges": []}}, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "key"), [*id_arguments(CORE.subscription_type.fields)])
async def test_a_subscription_is_refused(name: str, key: str) -> None:
    viewer = await sync_to_async(UserFactory)()
    ids = await sync_to_async(bad_ids)(key)
    document = f"subscription S($id: ID!) {{ {name}({key}: $id) {{ __typename }} }}"
    codes = {}
    for what, id in ids.items():
        result = await anext(follow(document, viewer, id=id))
        codes[what] = [(error.extensions["code"], error.message) for error in result.errors]
    assert [code for code, _ in alike(codes)] == ["FORBIDDEN"]
