"""Listeners of the facts about accounts: most of them mail somebody."""

from functools import partial

from domains.accounts import facts, services
from domains.accounts.tasks import erase_deleted_accounts, fetch_provider_picture, make_due_exports
from domains.base import bus, live, mail
from domains.base.tasks import send_due_mails

#: Each fact that is mailed, the kind of the mail (services/mails.py), the field with the id of the row that it is
#: about, and the field that tells one occasion from another.
MAILS_OF_FACTS: tuple[tuple[type[bus.Fact], str, str, str], ...] = (
    (facts.SignedUp, services.VERIFY_EMAIL, "attempt_id", ""),
    (facts.PasswordResetRequested, services.RESET_PASSWORD, "reset_id", ""),
    (facts.PasswordChanged, services.PASSWORD_CHANGED, "user_id", "at"),
    (facts.EmailChangeRequested, services.CHANGE_EMAIL, "change_id", ""),
    (facts.EmailChangeRequested, services.EMAIL_CHANGE_REQUESTED, "change_id", ""),
    (facts.EmailChanged, services.EMAIL_CHANGED, "change_id", ""),
    (facts.MfaTurnedOn, services.MFA_TURNED_ON, "user_id", "at"),
    (facts.MfaTurnedOff, services.MFA_TURNED_OFF, "user_id", "at"),
    (facts.RecoveryCodeUsed, services.RECOVERY_CODE_USED, "user_id", "at"),
    (facts.CodesGuessed, services.CODES_GUESSED, "user_id", "at"),
    (facts.ProviderLinked, services.PROVIDER_LINKED, "user_id", "at"),
    (facts.ProviderUnlinked, services.PROVIDER_UNLINKED, "user_id", "at"),
    (facts.DataExportMade, services.DATA_EXPORT_READY, "export_id", ""),
)


def _mail(fact: bus.Fact, *, kind: str, row: str, occasion: str) -> None:
    mail.enqueue(kind=kind, source_id=getattr(fact, row), occasion=getattr(fact, occasion) if occasion else "")
    send_due_mails.delay()


for _fact, _kind, _row, _occasion in MAILS_OF_FACTS:
    bus.listen(_fact)(partial(_mail, kind=_kind, row=_row, occasion=_occasion))


@bus.listen(facts.KnownAddressSignedUp)
def mail_account_exists(fact: facts.KnownAddressSignedUp) -> None:
    """Mails the owner of a known address that somebody used it, once a day."""
    services.queue_account_exists_mail(user_id=fact.user_id)
    send_due_mails.delay()


@bus.listen(facts.SignedUpWithProvider)
def fetch_picture(fact: facts.SignedUpWithProvider) -> None:
    """Fetches the picture that the provider has of the person."""
    fetch_provider_picture.delay(fact.user_id)


@bus.listen(facts.AccountDeleted)
def erase_account(_: facts.AccountDeleted) -> None:
    """Erases what is stored about the person."""
    erase_deleted_accounts.delay()


@bus.listen(facts.DataExportRequested)
def make_export(_: facts.DataExportRequested) -> None:
    """Makes the copy of the person's data."""
    make_due_exports.delay()


@bus.listen(facts.SessionEnded, is_prompt=True)
def close_sockets(fact: facts.SessionEnded) -> None:
    """Tells the session's sockets to close."""
    live.broadcast(f"session.{fact.session_id}", session_id=fact.session_id)
