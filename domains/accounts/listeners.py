"""What follows when something happened to an account."""

from domains.accounts import facts, tasks
from domains.base import bus, live


@bus.listen(facts.SignedUp)
def mail_the_key(fact: facts.SignedUp) -> None:
    """The owner of the address gets the key of this attempt."""
    tasks.send_verification_mail.delay(fact.attempt_id)


@bus.listen(facts.KnownAddressSignedUp)
def tell_the_owner(fact: facts.KnownAddressSignedUp) -> None:
    """The owner of a known address learns that somebody used it."""
    tasks.send_account_exists_mail.delay(fact.user_id)


@bus.listen(facts.SessionEnded, is_prompt=True)
def close_its_sockets(fact: facts.SessionEnded) -> None:
    """Sockets of the session are told to close."""
    live.broadcast(f"session.{fact.session_id}", session_id=fact.session_id)
