"""The house keeps its rules: file sizes, descriptions, the printed schema, a stranger at every mutation."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    build_schema,
)

from graphql_api.management.commands.print_schema import keyless_types, printed
from graphql_api.schema import schema

ROOT = Path(settings.BASE_DIR)
ROOMS = ("config", "domains", "graphql_api", "crawlers", "web")
OTHERS = {"migrations", "node_modules"}
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if not OTHERS & set(path.parts))
MAX_FILE, MAX_FUNCTION = 400, 40
#: How many files a folder of the API holds at the most, beside its subfolders.
MAX_FILES = 12
#: Types of libraries whose fields are described by the libraries.
FOREIGN = {"PageInfo"}
#: What GraphQL itself defines.
BUILT_IN = {"Boolean", "Float", "ID", "Int", "String"}


def test_what_is_printed_for_frontends_is_up_to_date() -> None:
    texts = dict(printed())
    assert {path.name for path in texts} == {"schema.graphql", "graphcache_keys.ts"}
    assert {path: path.read_text() for path in texts} == texts


def test_a_cache_is_told_of_every_type_without_an_id() -> None:
    types = build_schema(schema.as_str()).type_map
    with_id = {name for name, kind in types.items() if "id" in getattr(kind, "fields", {})}
    assert {"OperationInfo", "OpportunityConnection", "AuthSession", "ConversationRead"} <= set(keyless_types())
    assert not with_id & {*keyless_types(), "Query", "Mutation", "Subscription"}


def test_the_codegen_example_maps_every_scalar_of_the_schema() -> None:
    mapped = re.search(r"scalars: \{ (.*?) \}", (ROOT / "web" / "clients" / "codegen.ts").read_text())
    assert mapped
    assert set(re.findall(r"(\w+):", mapped[1])) == custom_scalars().keys()


def custom_scalars() -> dict[str, GraphQLScalarType]:
    types = build_schema(schema.as_str()).type_map
    return {name: kind for name, kind in types.items() if isinstance(kind, GraphQLScalarType) and name not in BUILT_IN}


def test_every_scalar_says_what_it_is_and_where_that_is_specified() -> None:
    scalars = custom_scalars()
    assert {"DateTime", "UUID", "Upload"} <= scalars.keys()
    assert [name for name, kind in scalars.items() if not kind.description] == []
    assert [name for name, kind in scalars.items() if not (kind.specified_by_url or "").startswith("https://")] == []


def test_every_enum_value_and_every_union_has_a_description() -> None:
    types = build_schema(schema.as_str()).type_map
    shown = {name: kind for name, kind in types.items() if not name.startswith("__")}
    bare = [name for name, kind in shown.items() if isinstance(kind, GraphQLUnionType) and not kind.description]
    for name, kind in shown.items():
        if isinstance(kind, GraphQLEnumType):
            bare += [] if kind.description else [name]
            bare += [f"{name}.{value}" for value, one in kind.values.items() if not one.description]
    assert bare == []


def test_fields_of_one_name_in_a_union_can_be_asked_for_together() -> None:
    """GraphQL refuses a document that asks for `Message!` and `Message` under one name.

    Payloads are left out: nobody reads the `messages` of a refusal and those of a conversation in one go without alias.
    """
    types = build_schema(schema.as_str()).type_map
    unions = [kind for kind in types.values() if isinstance(kind, GraphQLUnionType)]
    for union in [one for one in unions if not one.name.endswith("Payload")]:
        shapes: dict[str, set[str]] = {}
        for member in union.types:
            for name, field in member.fields.items():
                shapes.setdefault(name, set()).add(str(field.type))
        assert {name: shape for name, shape in shapes.items() if len(shape) > 1} == {}, union.name


def test_no_two_arguments_of_a_page_are_described_alike() -> None:
    types = build_schema(schema.as_str()).type_map
    objects = [kind for kind in types.values() if isinstance(kind, GraphQLObjectType)]
    pages = [field.args for kind in objects for field in kind.fields.values() if "last" in field.args]
    assert len(pages) >= 11
    for page in pages:
        told = {page[name].description for name in ("first", "last", "after", "before")}
        assert len(told) == 4
        assert "from the end of the list" in (page["last"].description or "")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{node.name} has {length} lines"


def test_no_folder_of_the_api_is_crowded() -> None:
    folders = Counter(path.parent for path in SOURCES if path.is_relative_to(ROOT / "graphql_api"))
    assert {folder: number for folder, number in folders.items() if number > MAX_FILES} == {}


def undescribed(name: str, kind: Any) -> Iterator[str]:
    """Yield what of a type has no description."""
    if not kind.description:
        yield name
    for field_name, field in kind.fields.items():
        if not field.description and not _is_library_field(name, field_name):
            yield f"{name}.{field_name}"
        for argument_name, argument in getattr(field, "args", {}).items():
            if not argument.description:
                yield f"{name}.{field_name}({argument_name})"


def test_every_type_field_and_argument_has_a_description() -> None:
    kinds = {
        name: kind
        for name, kind in build_schema(schema.as_str()).type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
        and not name.startswith("__")
        and name not in FOREIGN
    }
    assert [what for name, kind in kinds.items() for what in undescribed(name, kind)] == []


def _is_library_field(type_name: str, field_name: str) -> bool:
    return field_name in {"AND", "OR", "NOT", "DISTINCT"} or (type_name.endswith("Edge") and field_name == "cursor")


def test_no_file_of_the_project_names_a_machine_path_or_a_registry() -> None:
    names = re.compile(r"/work/|/root/|/home/\w+/|pypi\.org|registry\.npmjs|files\.pythonhosted")
    files = [path for path in project_files() if path != Path(__file__)]
    assert {"Makefile", "Dockerfile", ".env.example", "schema.graphql", "run"} <= {path.name for path in files}
    assert [path for path in files if names.search(path.read_text(errors="replace"))] == []


def project_files() -> list[Path]:
    """Return every file that git tracks, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
