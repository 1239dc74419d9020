"""Who may see and do what: every field and every viewer, as `permissions.toml` says it.

The tests walk the schema, plant a small world with a canary in every column, and ask for everything as every viewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from graphql_api import schema as schema_module
from graphql_api.checks import limits
from graphql_api.edge import views
from tests.conftest import delete_rows
from tests.house.permissions import answers, reading
from tests.house.permissions.asking import Asker
from tests.house.permissions.canaries import Canaries
from tests.house.permissions.documents import ROOTS, TYPES
from tests.house.permissions.rows import FIELDS, FILE, NOTHING, OBJECT, Rows, field_of, line, load, named
from tests.house.permissions.viewers import EVERYONE, VIEWERS
from tests.house.permissions.world import build

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("permissions")]
NAME = FILE.name


class Matrix:
    """The rows of the file, and what the API really answers; each question is asked once."""

    def __init__(self) -> None:
        self.rows: Rows = load()
        self.world = build()
        self.asker = Asker(self.world, Canaries(self.world))
        self._mutations: dict[str, dict[str, str]] = {}
        self._asked: set[str] = set()

    @cached_property
    def found(self) -> list[answers.Found]:
        """What every viewer gets of every planted row; time stands still, so that signed links are the same."""
        with time_machine.travel(timezone.now(), tick=False):
            return answers.ask_for_fields(self.asker)

    @cached_property
    def queries(self) -> dict[str, dict[str, str]]:
        """What every viewer gets of every query, by the names of the rows."""
        names = dict.fromkeys([*ROOTS["Query"].fields, *self.rows.sections["Query"]])
        return {name: answers.root_words(self.asker, "Query", name, self.rows) for name in names}

    def mutations(self, viewer: str) -> dict[str, str]:
        """What a viewer gets of every mutation, by the names of the rows."""
        if viewer not in self._mutations:
            names = dict.fromkeys([*ROOTS["Mutation"].fields, *self.rows.sections["Mutation"]])
            self._mutations[viewer] = {
                name: answers.mutation_word(self.asker, name, viewer, self.rows) for name in names
            }
        return self._mutations[viewer]

    def shown(self, viewer: str) -> dict[str, str]:
        """Return the canaries that a viewer is shown, whatever they ask for."""
        if viewer not in self._asked:
            answers.ask_everything(self.asker, self.rows, viewer)
            self._asked.add(viewer)
        assert self.found
        assert self.queries
        assert self.mutations(viewer)
        return self.asker.shown[viewer]


@pytest.fixture(scope="module")
def matrix(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Matrix]:
    """The world is made once; its rows are committed, so that subscriptions see them, and deleted at the end."""
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined] # pytest-django's own blocker
        override_settings(RATE_LIMITS=False, WEB_PUSH_PRIVATE_KEY="A" * 42 + "E"),
        pytest.MonkeyPatch.context() as patch,
    ):
        for limit in (name for name in dir(limits) if name.startswith("MAX_")):
            patch.setattr(limits, limit, 10**9)
        patch.setattr(schema_module, "MAX_TOKENS", 10**9)
        patch.setattr(views, "MAX_CHARACTERS", 10**9)
        try:
            yield Matrix()
        finally:
            delete_rows()


def suggested(section: str, name: str, got: dict[str, str]) -> str:
    """Return what to write into the file, if what was answered is right."""
    row = line(section, name, {viewer: got.get(viewer, "-") for viewer in VIEWERS})
    place = section if section in ROOTS else FIELDS
    return f"\n{section}.{name} has no row. If it answers as you want, write under [{place}] in {NAME}:\n{row}"


def difference(rows: Rows, root: str, name: str, viewer: str, word: str) -> list[str]:
    """Return a sentence if a viewer gets something else of a root field than its row says."""
    expected = rows.expected(root, name, viewer)
    if expected is None or word == expected:
        return []
    return [f"{root}.{name}: {viewer} gets `{word}`, but {NAME} says `{expected}`"]


@pytest.mark.parametrize("root", ROOTS)
def test_every_root_field_has_a_row(root: str) -> None:
    missing = ROOTS[root].fields.keys() - {field_of(name) for name in load().sections.get(root, {})}
    assert not missing, (
        f"{NAME} must say who may use {root}.{', '.join(sorted(missing))}: "
        f"`pytest {__name__.replace('.', '/')}.py -k suggests` prints rows to begin with"
    )


def test_the_file_names_nothing_that_is_not_there() -> None:
    rows = load()
    unknown = [
        f"[{section}] {name}"
        for section, lines in rows.sections.items()
        for name in lines
        if section not in TYPES or field_of(name) not in {*TYPES[section].fields, OBJECT}
    ]
    assert unknown == [], f"{NAME} has rows of what the schema does not have"
    for section, lines in rows.sections.items():
        for name in lines:
            assert rows.get(section, field_of(name), name.partition(" of ")[2])


def test_the_matrix_suggests_rows_for_what_has_none(matrix: Matrix) -> None:
    """A root field without a row: what each viewer gets now is printed as a row."""
    rows, missing = matrix.rows, []
    for root, fields in (("Query", matrix.queries), ("Mutation", _by_mutation(matrix))):
        missing += [suggested(root, name, got) for name, got in fields.items() if not rows.get(root, name)]
    assert not missing, "".join(missing)


def _by_mutation(matrix: Matrix) -> dict[str, dict[str, str]]:
    return {name: {one: matrix.mutations(one)[name] for one in EVERYONE} for name in matrix.mutations("anon")}


def test_who_finds_an_object_by_its_id_is_as_the_rows_say(matrix: Matrix) -> None:
    wrong: list[str] = []
    for one in matrix.found:
        got = {viewer: "yes" if is_found else "null" for viewer, is_found in one.objects.items()}
        wrong += matrix_row(matrix, one, one.type_name, OBJECT, got)
    assert not wrong, "\n".join(wrong)


def test_a_field_that_answers_viewers_differently_has_a_row_that_says_how(matrix: Matrix) -> None:
    wrong: list[str] = []
    for one in matrix.found:
        for (section, field), by_viewer in one.fields.items():
            if matrix.rows.get(section, field, one.planted.label) or not answers.is_same_for_all(by_viewer):
                wrong += matrix_row(matrix, one, section, field, answers.words_of(by_viewer))
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def matrix_row(matrix: Matrix, one: answers.Found, section: str, field: str, got: dict[str, str]) -> list[str]:
    """Return what is wrong about a row of a type: it is missing, or says something else.

    The first object of a case has everything. Of the others, and by the usual row, a viewer may see that there is
    nothing; but nobody sees more.
    """
    label = one.planted.label
    cells = matrix.rows.get(section, field, label)
    if cells is None:
        return [suggested(section, named(field, label), got)]
    is_exact = matrix.rows.has(section, field, label) and one.is_first
    wrong = []
    for viewer, word in got.items():
        column = answers.column_of(matrix.asker, viewer, one.planted)
        if word != cells[column] and (is_exact or cells[column] in NOTHING):
            row = f"{section}.{named(field, label)}"
            wrong.append(f"{row}: {viewer} gets `{word}`, but {NAME} says `{cells[column]}` for {column}")
    return wrong


def test_queries_answer_each_viewer_as_the_rows_say(matrix: Matrix) -> None:
    wrong: list[str] = []
    for name, got in matrix.queries.items():
        for viewer, word in got.items():
            wrong += difference(matrix.rows, "Query", name, viewer, word)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("viewer", EVERYONE)
def test_mutations_answer_each_viewer_as_the_rows_say(matrix: Matrix, viewer: str) -> None:
    wrong: list[str] = []
    for name, word in matrix.mutations(viewer).items():
        wrong += difference(matrix.rows, "Mutation", name, viewer, word)
    assert not wrong, "\n".join(wrong)


async def test_subscriptions_answer_each_viewer_as_the_rows_say(matrix: Matrix) -> None:
    wrong: list[str] = []
    try:
        for name in matrix.rows.sections["Subscription"]:
            for viewer in EVERYONE:
                word = await answers.follow(matrix.asker, name, viewer, matrix.rows)
                wrong += difference(matrix.rows, "Subscription", name, viewer, word)
    finally:
        await sync_to_async(connections.close_all)()
    assert not wrong, "\n".join(wrong)
    assert [leak for viewer in EVERYONE for leak in leaks(matrix, viewer)] == []


@pytest.mark.parametrize("viewer", EVERYONE)
def test_no_viewer_is_shown_a_canary_that_is_not_theirs(matrix: Matrix, viewer: str) -> None:
    assert matrix.shown(viewer)
    assert not leaks(matrix, viewer), "\n".join(leaks(matrix, viewer))


def leaks(matrix: Matrix, viewer: str) -> list[str]:
    """Return a sentence for each canary that the viewer was shown until now, and may not read."""
    sources = matrix.asker.canaries.sources
    return [
        f"{viewer} is shown {canary}, which stands in {' and '.join(one.row for one in sources[canary])}, by {asked}"
        for canary, asked in matrix.asker.shown[viewer].items()
        if not any(reading.may_read(matrix.rows, matrix.world, one, viewer) for one in sources[canary])
    ]


def test_each_canary_is_shown_to_all_who_may_read_it(matrix: Matrix) -> None:
    """What the file allows is really there, so that the other tests look where something can be seen."""
    unseen = []
    for canary, sources in matrix.asker.canaries.sources.items():
        if all(one.planted is None or one.planted.is_bystander for one in sources):
            continue
        blind = sorted(
            viewer
            for viewer in reading.readers(matrix.rows, matrix.asker.canaries, canary)
            if canary not in matrix.shown(viewer)
        )
        if blind:
            unseen.append(f"{' '.join(blind)} should be shown {' and '.join(one.row for one in sources)}, and are not")
    assert not unseen, "\n".join(unseen)
