"""Blocking, as a frontend does it, and what others can find out of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domains.accounts.models import Block, User
from tests.api import Api, codes, gid
from tests.factories import BlockFactory, UserFactory

pytestmark = pytest.mark.django_db
ApiAs = Callable[[User | None], Api]

PROBLEMS = "... on OperationInfo { messages { kind code field message } }"
BLOCK = f"""mutation BlockUser($input: BlockUserInput!) {{
  blockUser(input: $input) {{ __typename ... on BlockReceipt {{ blocked {{ id displayName }} }} {PROBLEMS} }} }}"""
UNBLOCK = f"""mutation UnblockUser($input: BlockUserInput!) {{
  unblockUser(input: $input) {{ __typename ... on BlockReceipt {{ blocked {{ id }} }} {PROBLEMS} }} }}"""
MINE = "{ me { blockedUsers { totalCount edges { node { id displayName } } } } }"
THEIRS = """query($id: ID!) { node(id: $id) { ... on User {
  displayName userType isVerified blockedUsers { totalCount edges { node { id } } } } } }"""


@pytest.mark.parametrize("kind", ["somebody", "who has blocked them", "whom they have blocked"])
def test_a_block_is_there_until_it_is_lifted(api_as: ApiAs, kind: str) -> None:
    viewer, person = UserFactory.create_batch(2)
    if kind == "who has blocked them":
        BlockFactory(blocker=viewer, blocked=person)
    if kind == "whom they have blocked":
        BlockFactory(blocker=person, blocked=viewer)
    for document, is_there in ((BLOCK, True), (UNBLOCK, False)):
        assert api_as(viewer).act(document, userId=gid(person))["blocked"]["id"] == gid(person)
        assert Block.objects.filter(blocker=viewer, blocked=person).exists() is is_there


def test_ids_of_nobody(api_as: ApiAs) -> None:
    ann, block = UserFactory(), BlockFactory()
    for id in ("nonsense", "VXNlcjo5OTk5OTk5OTk=", gid(block), gid(UserFactory(is_active=False))):
        for document in (BLOCK, UNBLOCK):
            refused = api_as(ann).act(document, userId=id)
            assert (codes(refused), refused["messages"][0]["field"]) == (["NOT_FOUND"], "userId")


def test_who_blocks_sees_it_and_nobody_can_find_out_who_blocked_them(api_as: ApiAs) -> None:
    ann, ben, cleo, staff = [*UserFactory.create_batch(3), UserFactory(overseer=True)]
    for blocker, blocked in ((ann, ben), (ann, cleo), (ben, cleo)):
        api_as(blocker).act(BLOCK, userId=gid(blocked))
    blocked = api_as(ann).ask(MINE)["me"]["blockedUsers"]
    assert (blocked["totalCount"], [edge["node"]["id"] for edge in blocked["edges"]]) == (2, [gid(cleo), gid(ben)])
    before = api_as(cleo).ask(THEIRS, id=gid(ann))
    assert before["node"] == {
        "displayName": ann.display_name,
        "userType": "VOLUNTEER",
        "isVerified": False,
        "blockedUsers": {"totalCount": 0, "edges": []},
    }
    for viewer in (ben, cleo, staff):
        for person in {ann, ben, cleo} - {viewer}:
            theirs = api_as(viewer).ask(THEIRS, id=gid(person))["node"]["blockedUsers"]
            assert theirs == {"totalCount": 0, "edges": []}
    assert api_as(cleo).ask(MINE)["me"]["blockedUsers"] == {"totalCount": 0, "edges": []}
    api_as(ann).act(UNBLOCK, userId=gid(cleo))
    assert api_as(cleo).ask(THEIRS, id=gid(ann)) == before, "a block changes nothing that the other sees of the person"


def test_the_list_is_paged(api_as: ApiAs) -> None:
    ann = UserFactory()
    for _ in range(3):
        BlockFactory(blocker=ann)
    document = """query($after: String) { me { blockedUsers(first: 2, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } } }"""
    first = api_as(ann).ask(document)["me"]["blockedUsers"]
    assert (len(first["edges"]), first["pageInfo"]["hasNextPage"]) == (2, True)
    rest = api_as(ann).ask(document, after=first["pageInfo"]["endCursor"])["me"]["blockedUsers"]
    assert (len(rest["edges"]), rest["pageInfo"]["hasNextPage"]) == (1, False)
    assert len({edge["node"]["id"] for edge in [*first["edges"], *rest["edges"]]}) == 3
