"""Who may talk with whom."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from domains.accounts.models import Block, User
from domains.messaging.models import Conversation


def can_start_conversation(user: User) -> bool:
    """I may write to people once I have proved that my address is mine."""
    return user.is_active and user.is_email_verified


def find_out_of_reach(*, actor: User, people: Collection[User]) -> set[int]:
    """I may not draw people into a talk who have blocked me, nor those whom I have blocked."""
    keys = [person.pk for person in people]
    pairs = Block.objects.filter(Q(blocker=actor, blocked__in=keys) | Q(blocker__in=keys, blocked=actor)).values_list(
        "blocker", "blocked"
    )
    return {key for pair in pairs for key in pair if key != actor.pk}


def can_remove_participants(user: User, conversation: Conversation) -> bool:
    """I may show people out of a group that I began; once its beginner has left, whoever is there longest may."""
    present = list(
        conversation.participations.filter(left_at__isnull=True)
        .order_by("joined_at", "pk")
        .values_list("user", flat=True)
    )
    manager = conversation.created_by_id if conversation.created_by_id in present else next(iter(present), None)
    return user.pk == manager
