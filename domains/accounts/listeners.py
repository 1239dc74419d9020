"""Listeners of the facts about accounts."""

from domains.accounts import facts, services
from domains.base import bus, live
from domains.base.tasks import send_due_mails


@bus.listen(facts.SignedUp)
def mail_verification_key(fact: facts.SignedUp) -> None:
    """Mails the key of this attempt to the owner of the address."""
    services.queue_verification_mail(attempt_id=fact.attempt_id)
    send_due_mails.delay()


@bus.listen(facts.KnownAddressSignedUp)
def mail_account_exists(fact: facts.KnownAddressSignedUp) -> None:
    """Mails the owner of a known address that somebody used it."""
    services.queue_account_exists_mail(user_id=fact.user_id)
    send_due_mails.delay()


@bus.listen(facts.SessionEnded, is_prompt=True)
def close_sockets(fact: facts.SessionEnded) -> None:
    """Tells the session's sockets to close."""
    live.broadcast(f"session.{fact.session_id}", session_id=fact.session_id)
