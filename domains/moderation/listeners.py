"""What follows when something was reported."""

from domains.base import bus
from domains.moderation import facts, tasks


@bus.listen(facts.ContentReported)
def mail_the_staff(fact: facts.ContentReported) -> None:
    """Those who may answer learn that something waits."""
    tasks.send_content_reported_mails.delay(fact.report_id)
