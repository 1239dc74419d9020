"""What is verified about people."""

from __future__ import annotations

from django.utils import timezone
from factory.declarations import LazyFunction, SubFactory

from domains.verification.models import VerificationCase, VerificationKind, VerificationStatus
from tests.factories.accounts import UserFactory
from tests.factories.model_factory import ModelFactory


class VerificationCaseFactory(ModelFactory[VerificationCase]):
    """A case that was approved and holds without end."""

    class Meta:
        model = VerificationCase

    user = SubFactory(UserFactory)
    kind = VerificationKind.IDENTITY
    status = VerificationStatus.APPROVED
    decided_at = LazyFunction(timezone.now)
