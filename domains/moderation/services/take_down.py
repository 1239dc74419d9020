"""Taking down reported content."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import Code, NotFound, Refused
from domains.messaging.models import MessageAttachment
from domains.messaging.services import take_down_message
from domains.moderation.models import ContentReport, ReportStatus
from domains.moderation.services.review_report import review_report
from domains.opportunities.services import take_down_opportunity


def take_down(*, actor: User, report_id: int, note: str) -> ContentReport:
    """The reported subject is taken down, and the report is RESOLVED with the note; both or neither.

    A subject that is deleted or taken down already stays so. Refuses as `review_report` does, and with CONFLICT if
    subjects of this type cannot be taken down, or this one cannot be now.
    """
    with transaction.atomic():
        report = review_report(actor=actor, report_id=report_id, status=ReportStatus.RESOLVED, note=note)
        if report.subject_type not in TAKE_DOWN_HANDLERS:
            sentence = "This cannot be taken down here: follow the link to its own page, and then resolve the report."
            raise Refused.because(Code.CONFLICT, sentence, "report_id")
        with contextlib.suppress(NotFound):
            TAKE_DOWN_HANDLERS[report.subject_type](actor, report.subject_id)
        return report


def _message(actor: User, message_id: int) -> None:
    take_down_message(actor=actor, message_id=message_id)


def _attachment(actor: User, attachment_id: int) -> None:
    message_id = MessageAttachment.objects.filter(pk=attachment_id).values_list("message", flat=True).first()
    if message_id is not None:
        take_down_message(actor=actor, message_id=message_id)


def _opportunity(_: User, opportunity_id: int) -> None:
    take_down_opportunity(opportunity_id=opportunity_id)


#: How each type of the API is taken down; for a file, its message is taken down.
TAKE_DOWN_HANDLERS: dict[str, Callable[[User, int], None]] = {
    "Message": _message,
    "MessageAttachment": _attachment,
    "Opportunity": _opportunity,
}
