"""Reactions to facts about reports."""

from domains.base import bus
from domains.base.tasks import send_due_mails
from domains.moderation import facts, services


@bus.listen(facts.ContentReported)
def mail_staff(fact: facts.ContentReported) -> None:
    """Mails the staff who may answer the report that it waits."""
    services.queue_content_reported_mails(report_id=fact.report_id)
    send_due_mails.delay()
