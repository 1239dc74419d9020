"""What each viewer gets of each root field, and of each field of the planted rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from graphql import get_named_type, is_leaf_type

from domains.accounts.models import Session, User
from graphql_api.context import Context
from graphql_api.live.streams import Handover
from graphql_api.schema import schema
from tests.api import gid
from tests.house.permissions.asking import Asker
from tests.house.permissions.documents import ANY, NODES, ROOTS, TYPES, call, deep, is_page, leaves, model_of, shallow
from tests.house.permissions.inputs import arguments_for
from tests.house.permissions.rows import IDLE, Rows, field_of, word
from tests.house.permissions.viewers import ALSO_ASKED, EVERYONE
from tests.house.permissions.world import Planted

#: By viewer, what came; a viewer who does not find the object is left out.
ByViewer = dict[str, Any]


def subjects(asker: Asker) -> Iterator[Found]:
    """Yield each planted row that `node` can find."""
    for type_name in NODES:
        model, labels = model_of(type_name), set()
        for planted in asker.world.planted.values():
            if type(planted.row) is model and not planted.is_bystander:
                yield Found(type_name, planted, planted.label not in labels)
                labels.add(planted.label)


def column_of(asker: Asker, viewer: str, planted: Planted) -> str:
    """Return the column that says what the viewer gets of the row."""
    account = asker.world.account_for(viewer, planted)
    return "person" if account is not None and account == planted.person else ALSO_ASKED.get(viewer, viewer)


@dataclass
class Found:
    """What came of one planted row."""

    type_name: str
    planted: Planted
    #: Whether no other row of this type and label was planted before.
    is_first: bool
    #: By viewer, whether `node` finds the row.
    objects: dict[str, bool] = field(default_factory=dict)
    #: By type and field, what came: several values where the field stands in a list.
    fields: dict[tuple[str, str], ByViewer] = field(default_factory=dict)

    def take(self, viewer: str, node: Any) -> None:
        """Keep what came to a viewer."""
        self.objects[viewer] = node is not None
        if node is not None:
            for section, name, value in leaves(node, TYPES[self.type_name]):
                self.fields.setdefault((section, name), {}).setdefault(viewer, []).append(value)


def ask_for_fields(asker: Asker) -> list[Found]:
    """Ask for all fields of every planted row as every viewer: in one document those that one account asks for."""
    everything = list(subjects(asker))
    for viewer in EVERYONE:
        by_account: dict[Any, list[Found]] = {}
        for one in everything:
            by_account.setdefault(asker.world.account_for(viewer, one.planted), []).append(one)
        for account, some in by_account.items():
            answer = asker.ask(viewer, _all_fields(some), account=account)
            assert "errors" not in answer, (viewer, answer["errors"])
            for number, one in enumerate(some):
                one.take(viewer, answer["data"][f"n{number}"])
    return everything


def _all_fields(some: list[Found]) -> str:
    names = sorted({one.type_name for one in some})
    fragments = (f"fragment All{name} on {name} {shallow(TYPES[name])}" for name in names)
    parts = (
        f'n{number}: node(id: "{gid(one.planted.row, one.type_name)}") {{ ...All{one.type_name} }}'
        for number, one in enumerate(some)
    )
    return f"query Fields {{ {' '.join(parts)} }} {' '.join(fragments)}"


def words_of(by_viewer: Mapping[str, list[Any]]) -> dict[str, str]:
    """Return the words for what each viewer got of a field: several, where the field stands in a list."""
    everything = [value for values in by_viewer.values() for value in values]
    return {
        viewer: "/".join(sorted({word(value, everything) for value in values})) for viewer, values in by_viewer.items()
    }


def is_same_for_all(by_viewer: Mapping[str, list[Any]]) -> bool:
    """Tell whether all who found the object got the same of the field."""
    return len({repr(values) for values in by_viewer.values()}) < 2


def ask_root(
    asker: Asker, root: str, row: str, viewer: str, rows: Rows, *, levels: int | None = None, compare: bool = False
) -> tuple[str, Any]:
    """Ask for a root field as a viewer, with all fields for so many levels or what tells enough.

    Return the word of the file for a refusal, and what came.
    """
    name = field_of(row)
    one = ROOTS[root].fields[name]
    document = _document(root, name, _selection(root, one, levels))
    given = partial(arguments_for, root, row, asker.world, viewer)
    answer = asker.ask(viewer, document, given, compare=compare)
    errors = [rows.word_for(error["extensions"]["code"]) for error in answer.get("errors", ())]
    value = (answer.get("data") or {}).get(name)
    if isinstance(value, dict) and value.get("__typename") == "OperationInfo":
        errors = [rows.word_for(message["code"]) for message in value["refusals"]]
    return "/".join(sorted(set(errors))), value


def _document(root: str, name: str, selected: str) -> str:
    arguments = ROOTS[root].fields[name].args
    declared = ", ".join(f"${key}: {argument.type}" for key, argument in arguments.items())
    passed = ", ".join(f"{key}: ${key}" for key in arguments)
    if not arguments:
        return f"{root.lower()} Ask {{ {name} {selected} }}"
    return f"{root.lower()} Ask({declared}) {{ {name}({passed}) {selected} }}"


def _selection(root: str, one: Any, levels: int | None) -> str:
    named = get_named_type(one.type)
    if is_leaf_type(named):
        return ""
    if levels:
        return deep(named, levels)
    if root == "Mutation":
        return deep(named, 1)
    if is_page(named):
        return f"{{ totalCount edges {{ node {ANY} }} }}"
    if "id" in named.fields:
        return "{ id }"
    return f"{{ {' '.join(_flat(name, field) for name, field in named.fields.items())} }}"


def _flat(name: str, field: Any) -> str:
    named = get_named_type(field.type)
    return call(name, field) if is_leaf_type(named) else f"{name} {ANY if named.name in NODES else shallow(named)}"


def root_words(asker: Asker, root: str, row: str, rows: Rows) -> dict[str, str]:
    """Return what each viewer gets of a root field, in the words of the file."""
    came = {viewer: ask_root(asker, root, row, viewer, rows) for viewer in EVERYONE}
    values = [value for _, value in came.values()]
    return {viewer: refused or word(value, values) for viewer, (refused, value) in came.items()}


def mutation_word(asker: Asker, row: str, viewer: str, rows: Rows) -> str:
    """Return what a viewer gets of a mutation, in the words of the file; a refusal that changes something says so."""
    refused, value = ask_root(asker, "Mutation", row, viewer, rows)
    if refused and asker.writes:
        # What a service wrote may have been taken back with its own transaction: look.
        ask_root(asker, "Mutation", row, viewer, rows, compare=True)
        return refused + "".join(f", and changes {table}" for table in asker.changed)
    return refused or (word(value) if asker.writes else IDLE)


def _rows_to_ask_for(asker: Asker, type_name: str) -> list[Any]:
    """Return the rows around the person, and one of a viewer who only looks on: the others are like it."""
    some = [one for one in asker.world.planted.values() if type(one.row) is model_of(type_name)]
    lookers = [one for one in some if one.is_bystander]
    return [one.row for one in some if not one.is_bystander] + [one.row for one in lookers[:1]]


def ask_everything(asker: Asker, rows: Rows, viewer: str) -> None:
    """Ask for all that can be asked for without changing anything: each row by its id, and each query, deeply."""
    for name in NODES:
        ids = [gid(row, name) for row in _rows_to_ask_for(asker, name)]
        parts = " ".join(f'n{number}: node(id: "{key}") {{ ...Deep{name} }}' for number, key in enumerate(ids))
        document = f"query All{name} {{ {parts} }} fragment Deep{name} on {name} {deep(TYPES[name], 1)}"
        answer = asker.ask(viewer, document)
        assert "errors" not in answer, (viewer, name, answer["errors"][:3])
    for row in rows.sections["Query"]:
        refused, _ = ask_root(asker, "Query", row, viewer, rows, levels=2)
        assert refused.islower() or not refused, (viewer, row, refused)


async def follow(asker: Asker, row: str, viewer: str, rows: Rows) -> str:
    """Subscribe as a viewer, and take what a subscription has to tell at once; return the word of the file for it."""
    name = field_of(row)
    one = ROOTS["Subscription"].fields[name]
    document = _document("Subscription", name, deep(get_named_type(one.type), 2))
    given = await sync_to_async(arguments_for)("Subscription", row, asker.world, viewer)
    session = await sync_to_async(_session_of)(asker.world.accounts[viewer])
    handover = Handover(document, None, given)
    context = Context(request=None, request_id="test", ip_address="127.0.0.1", session=session, handover=handover)
    refusals: Any = await schema.subscribe(document, given, context_value=context)
    try:
        async with aclosing(refusals):
            async for refusal in refusals:
                asker.note(viewer, str(refusal.errors), document)
                return rows.word_for(refusal.errors[0].extensions["code"])
        async with aclosing(handover.payloads()) as payloads:
            for _ in range(asker.world.the("Conversation").last_sequence if "afterSequence" in given else 0):
                asker.note(viewer, await anext(payloads), document)
        return "yes"
    finally:
        if handover.stream is not None:
            await handover.stream.aclose()


def _session_of(user: User | None) -> Session | None:
    return Session.objects.select_related("user").filter(user=user).order_by("pk").first()
