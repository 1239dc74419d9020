"""Blocking people and taking it back: once, only one's own, and nobody learns of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domains.accounts import selectors, services
from domains.accounts.models import Block, User
from domains.base.errors import Refused
from domains.base.models import OutboxEntry
from tests.factories import BlockFactory, UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db

Act = Callable[..., User]
BOTH = pytest.mark.parametrize("act", [services.block_user, services.unblock_user], ids=["block", "unblock"])


def told() -> list[tuple[str, dict[str, int]]]:
    return list(OutboxEntry.objects.order_by("pk").values_list("fact", "payload"))


def refusal_of(act: Act, actor: User, user_id: int) -> list[tuple[str, str | None]]:
    before = list(Block.objects.order_by("pk").values())
    with pytest.raises(Refused) as refused:
        act(actor=actor, user_id=user_id)
    assert list(Block.objects.order_by("pk").values()) == before
    assert told() == []
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


def test_a_block_is_made_once_and_taken_back_once() -> None:
    ann, ben = UserFactory.create_batch(2)
    ids = {"blocker_id": ann.pk, "blocked_id": ben.pk}
    for _ in range(2):
        assert services.block_user(actor=ann, user_id=ben.pk) == ben
        assert list(Block.objects.values_list("blocker", "blocked")) == [(ann.pk, ben.pk)]
        assert told() == [("accounts.PersonBlocked", ids)]
    for _ in range(2):
        assert services.unblock_user(actor=ann, user_id=ben.pk) == ben
        assert not Block.objects.exists()
        assert told() == [("accounts.PersonBlocked", ids), ("accounts.PersonUnblocked", ids)]


def test_only_ones_own_block_is_taken_back() -> None:
    block = BlockFactory()
    services.unblock_user(actor=block.blocked, user_id=block.blocker_id)
    assert Block.objects.get() == block
    assert told() == []


@BOTH
def test_who_cannot_be_blocked(act: Act) -> None:
    ann, gone = UserFactory(), UserFactory(is_active=False)
    BlockFactory()
    assert refusal_of(act, ann, ann.pk) == [("INVALID", "user_id")]
    assert refusal_of(act, ann, gone.pk) == [("NOT_FOUND", "user_id")]
    assert refusal_of(act, ann, 0) == [("NOT_FOUND", "user_id")]


def test_whose_account_was_closed_since_can_be_unblocked() -> None:
    block = BlockFactory()
    User.objects.filter(pk=block.blocked_id).update(is_active=False)
    services.unblock_user(actor=block.blocker, user_id=block.blocked_id)
    assert not Block.objects.exists()


def test_a_program_gone_wild_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, ben = UserFactory.create_batch(2)
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)  # all in one window
    for _ in range(30):
        services.block_user(actor=ann, user_id=ben.pk)
        services.unblock_user(actor=ann, user_id=ben.pk)
    OutboxEntry.objects.all().delete()
    assert refusal_of(services.block_user, ann, ben.pk) == [("RATE_LIMITED", None)]


def test_the_list_holds_ones_own_blocks_newest_first() -> None:
    ann, ben, cleo = UserFactory.create_batch(3)
    for blocker, blocked in ((ann, ben), (ann, cleo), (ben, ann), (ben, cleo)):
        BlockFactory(blocker=blocker, blocked=blocked)
    assert list(selectors.find_blocked(viewer=ann)) == [cleo, ben]
    assert list(selectors.find_blocked(viewer=cleo)) == []
    assert list(selectors.find_blocked(viewer=None)) == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_block() -> None:
    ann, ben = UserFactory.create_batch(2)
    answers = at_once(lambda _: services.block_user(actor=ann, user_id=ben.pk), 8)
    assert answers == [ben] * 8
    assert Block.objects.count() == 1
    assert [fact for fact, _ in told()] == ["accounts.PersonBlocked"]


@pytest.mark.django_db(transaction=True)
def test_two_who_block_each_other_at_once_both_do() -> None:
    pair = UserFactory.create_batch(2)
    at_once(lambda number: services.block_user(actor=pair[number % 2], user_id=pair[1 - number % 2].pk), 6)
    assert Block.objects.count() == 2
