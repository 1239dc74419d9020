"""What follows when something happened to an application."""

from domains.base import bus
from domains.opportunities import facts, tasks


@bus.listen(facts.ApplicationSubmitted)
def mail_the_host(fact: facts.ApplicationSubmitted) -> None:
    """Those who run the host learn that somebody applied."""
    tasks.send_application_received_mails.delay(fact.application_id)


@bus.listen(facts.ApplicationDecided)
def mail_the_volunteer(fact: facts.ApplicationDecided) -> None:
    """The volunteer learns of the decision."""
    tasks.send_application_decided_mail.delay(fact.move_id)


@bus.listen(facts.HoursReviewed)
def mail_the_review(fact: facts.HoursReviewed) -> None:
    """The volunteer learns what became of the hours."""
    tasks.send_hours_reviewed_mail.delay(fact.hours_entry_id)
