"""Blocks of one person by another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from domains.accounts.models.people import User


def pair_key(one_id: int, other_id: int) -> str:
    """Return the key of a pair of people, in either order: "LOWER_ID:HIGHER_ID"."""
    low, high = sorted((one_id, other_id))
    return f"{low}:{high}"


class Block(models.Model):
    """A block of one person by another; only the blocker can see or end it.

    Code that changes a block holds the pair's `PAIR_LOCK` alone; code that relies on the absence of one shares it.
    """

    PAIR_LOCK: ClassVar = "pair"

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="accounts_blocked_once"),
            models.CheckConstraint(condition=~models.Q(blocker=models.F("blocked")), name="accounts_no_self_block"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
