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


@bus.listen(facts.PasswordResetRequested)
def mail_password_reset(fact: facts.PasswordResetRequested) -> None:
    """Mails the key to a new password, or that the address has no account."""
    services.queue_password_reset_mail(reset_id=fact.reset_id)
    send_due_mails.delay()


@bus.listen(facts.PasswordChanged)
def mail_password_changed(fact: facts.PasswordChanged) -> None:
    """Mails the account's owner that the password was changed."""
    services.queue_notice(services.PASSWORD_CHANGED, user_id=fact.user_id, at=fact.at)
    send_due_mails.delay()


@bus.listen(facts.MfaTurnedOn)
def mail_mfa_turned_on(fact: facts.MfaTurnedOn) -> None:
    """Mails the account's owner that log-ins need a second factor."""
    services.queue_notice(services.MFA_TURNED_ON, user_id=fact.user_id, at=fact.at)
    send_due_mails.delay()


@bus.listen(facts.MfaTurnedOff)
def mail_mfa_turned_off(fact: facts.MfaTurnedOff) -> None:
    """Mails the account's owner that log-ins need no second factor any more."""
    services.queue_notice(services.MFA_TURNED_OFF, user_id=fact.user_id, at=fact.at)
    send_due_mails.delay()


@bus.listen(facts.CodesGuessed)
def mail_codes_guessed(fact: facts.CodesGuessed) -> None:
    """Mails the account's owner, once a day, that somebody who has the password guesses at codes."""
    services.queue_notice(services.CODES_GUESSED, user_id=fact.user_id, at=fact.at)
    send_due_mails.delay()


@bus.listen(facts.RecoveryCodeUsed)
def mail_recovery_code_used(fact: facts.RecoveryCodeUsed) -> None:
    """Mails the account's owner that a recovery code was used, and how many are left."""
    services.queue_notice(services.RECOVERY_CODE_USED, user_id=fact.user_id, at=fact.at)
    send_due_mails.delay()


@bus.listen(facts.EmailChangeRequested)
def mail_email_change(fact: facts.EmailChangeRequested) -> None:
    """Mails the key to the new address, and tells the old one."""
    services.queue_email_change_mails(change_id=fact.change_id)
    send_due_mails.delay()


@bus.listen(facts.EmailChanged)
def mail_email_changed(fact: facts.EmailChanged) -> None:
    """Tells the old address that the account has a new one."""
    services.queue_email_changed_mail(change_id=fact.change_id)
    send_due_mails.delay()


@bus.listen(facts.SessionEnded, is_prompt=True)
def close_sockets(fact: facts.SessionEnded) -> None:
    """Tells the session's sockets to close."""
    live.broadcast(f"session.{fact.session_id}", session_id=fact.session_id)
