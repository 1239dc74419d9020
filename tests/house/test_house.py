"""The house keeps its rules: file sizes, descriptions, the printed schema, a stranger at every mutation."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema

from graphql_api.schema import schema

ROOT = Path(settings.BASE_DIR)
ROOMS = ("config", "domains", "graphql_api", "crawlers")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
MAX_FILE, MAX_FUNCTION = 400, 40
#: Types of libraries whose fields are described by the libraries.
FOREIGN = {"OperationInfo", "OperationMessage", "PageInfo"}


def test_the_printed_schema_is_up_to_date() -> None:
    assert (ROOT / "graphql_api" / "schema.graphql").read_text() == schema.as_str() + "\n"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{node.name} has {length} lines"


def undescribed(name: str, kind: Any) -> Iterator[str]:
    """Yield what of a type has no description."""
    if not kind.description and name not in {"Query", "Mutation", "Subscription"}:
        yield name
    for field_name, field in kind.fields.items():
        if not field.description and not _is_library_field(name, field_name):
            yield f"{name}.{field_name}"
        for argument_name, argument in getattr(field, "args", {}).items():
            if not argument.description and argument_name != "input":
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
