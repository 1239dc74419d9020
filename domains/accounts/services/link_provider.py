"""Linking the account of another provider, as a further way to log in, and unlinking it."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts import facts
from domains.accounts.models import LogInProvider, Session, User
from domains.accounts.providers.identify import Identity, Proof
from domains.accounts.services.confirm_password import refuse_old_log_in
from domains.accounts.services.lock_actor import lock_actor
from domains.accounts.services.prove_identity import prove_identity, use_up
from domains.base import bus
from domains.base.errors import Code, Refused


def link_provider(*, actor: User, session: Session | None, proof: Proof, ip_address: str) -> User:
    """The actor can log in with the account that the proof stands for; a mail tells the actor. Returns the actor.

    Linking it again changes nothing. Refuses with DUPLICATE if it is another person's, CONFLICT if another account of
    the provider is linked, BAD_CREDENTIALS if the session's log-in is older than RECENT_LOG_IN; see `prove_identity`.
    """
    refuse_old_log_in(session)
    identity = prove_identity(proof=proof, ip_address=ip_address)
    with transaction.atomic():
        use_up(identity)
        user = lock_actor(actor=actor, session=session)
        linked = find_link(identity)
        if linked is None:
            add_link(user, identity)
            publish_linked(user, identity)
        elif linked.user_id != user.pk:
            raise _taken(identity)
    return user


def unlink_provider(*, actor: User, session: Session | None, provider: LogInProvider) -> User:
    """The actor cannot log in with the provider any more; a mail tells the actor. Returns the actor.

    If none is linked, nothing changes. Refuses with CONFLICT if it is the last way in.
    """
    with transaction.atomic():
        user = lock_actor(actor=actor, session=session)
        others = user.socialaccount_set.exclude(provider=provider.value.lower())
        linked = user.socialaccount_set.filter(provider=provider.value.lower())
        if linked.exists() and not user.has_usable_password() and not others.exists():
            sentence = "This is your only way to log in: set a password first, with requestPasswordReset."
            raise Refused.because(Code.CONFLICT, sentence, "provider")
        if linked.delete()[0]:
            user.log_in_codes.all().delete()
            now = timezone.now().isoformat()
            bus.publish(facts.ProviderUnlinked(user_id=user.pk, provider=provider.value, at=now))
    return user


def find_link(identity: Identity) -> SocialAccount | None:
    """Return the link of the identity to an account here."""
    return SocialAccount.objects.filter(provider=identity.provider.value.lower(), uid=identity.uid).first()


def take_said_skills(*, user_id: int) -> list[str]:
    """Return the skills that a provider said of the person, and forget them. A system act."""
    with transaction.atomic():
        linked = SocialAccount.objects.select_for_update().filter(user=user_id, extra_data__has_key="skills").first()
        if linked is None:
            return []
        names: list[str] = linked.extra_data.pop("skills")
        linked.save(update_fields=["extra_data"])
        return names


def add_link(user: User, identity: Identity, **said: object) -> None:
    """Link the identity to the account, which is locked; what is `said`, and skills, wait until they are used.

    Refuses with CONFLICT if another account of the provider is linked, and with DUPLICATE if this one was linked
    to another person at the same moment.
    """
    provider = identity.provider.value.lower()
    if user.socialaccount_set.filter(provider=provider).exists():
        sentence = f"Another account at {identity.provider.label} is linked here: unlink that one first."
        raise Refused.because(Code.CONFLICT, sentence, "provider")
    if identity.skills:
        said["skills"] = list(identity.skills)
        bus.publish(facts.SkillsSaid(user_id=user.pk))
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user=user, provider=provider, uid=identity.uid, extra_data=said)
    except IntegrityError:
        raise _taken(identity) from None


def publish_linked(user: User, identity: Identity) -> None:
    """Tell that the identity was linked to an account that had another way in."""
    now = timezone.now().isoformat()
    bus.publish(facts.ProviderLinked(user_id=user.pk, provider=identity.provider.value, at=now))


def _taken(identity: Identity) -> Refused:
    sentence = f"This account at {identity.provider.label} is linked to another account here: log in to that one."
    return Refused.because(Code.DUPLICATE, sentence)
