"""Proving whom the token or code of another provider stands for, and using it up."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from domains.accounts.errors import AccountCode
from domains.accounts.models import UsedProviderToken
from domains.accounts.providers.clients import NotConfigured, callback_url
from domains.accounts.providers.identify import Identity, NoAnswer, NotProved, Proof, identify
from domains.base import failures, gate_slot
from domains.base.errors import Code, Problem, Refused
from domains.base.networks import client_network

#: Seconds after which a provider that does not answer is asked again.
RETRY_AFTER = 30
#: Tries, right or wrong, from one network.
PER_NETWORK = failures.Limit("provider_network", 20, 60)


def prove_identity(*, proof: Proof, ip_address: str, is_own_page: bool = False) -> Identity:
    """Return whom the proof stands for; call it outside of transactions, since it waits for the provider.

    A code must have been sent to an address of a frontend, or to this server, if its own page sends the proof.

    Refuses with REQUIRED and INVALID what is no proof, with BAD_CREDENTIALS what the provider does not vouch for, with
    PROVIDER_UNAVAILABLE where the provider does not answer or is not set up here, and with RATE_LIMITED.
    """
    _check(proof, [callback_url(proof.provider)] if is_own_page else settings.LOG_IN_REDIRECTS)
    failures.reserve(PER_NETWORK, client_network(ip_address))
    name = proof.provider.label
    try:
        with gate_slot.released():
            identity = identify(proof)
    except NotConfigured:
        sentence = f"This community has no log-in with {name}: take another way to log in."
        raise Refused.because(AccountCode.PROVIDER_UNAVAILABLE, sentence, "provider") from None
    except NoAnswer:
        sentence = f"{name} does not answer at the moment: try again in a minute, or take another way to log in."
        raise Refused(Problem(AccountCode.PROVIDER_UNAVAILABLE, sentence, retry_after=RETRY_AFTER)) from None
    except NotProved:
        raise not_proved(identity_name=name) from None
    return identity


def not_proved(*, identity_name: str) -> Refused:
    """Return the refusal of a proof that does not hold."""
    sentence = f"{identity_name} does not confirm this log-in, or it was used or has expired: start it anew."
    return Refused.because(AccountCode.BAD_CREDENTIALS, sentence)


def use_up(identity: Identity) -> None:
    """The token that proved the identity does not work again; call it in the transaction of the act.

    Refuses with BAD_CREDENTIALS if it was used before.
    """
    if not identity.token_digest:
        return
    used = UsedProviderToken(digest=identity.token_digest, expires_at=identity.token_expires_at or timezone.now())
    try:
        with transaction.atomic():
            used.save(force_insert=True)
    except IntegrityError:
        raise not_proved(identity_name=identity.provider.label) from None


def remove_expired_tokens() -> int:
    """Forget used tokens that have expired anyway; return how many. A system act."""
    return UsedProviderToken.objects.filter(expires_at__lt=timezone.now()).delete()[0]


def _check(proof: Proof, addresses: list[str]) -> None:
    given = [name for name in ("id_token", "access_token", "code") if getattr(proof, name)]
    if len(given) != 1:
        raise Refused.because(Code.REQUIRED, "Send exactly one of: idToken, accessToken, code.", "id_token")
    if proof.access_token and proof.provider != proof.provider.FACEBOOK:
        sentence = f"{proof.provider.label} is asked with an idToken or a code: an access token may be anybody's."
        raise Refused.because(Code.INVALID, sentence, "access_token")
    if proof.code and proof.redirect_uri not in addresses:
        sentence = "Send the address that the provider sent the code to; it must be one that this server knows."
        raise Refused.because(Code.INVALID, sentence, "redirect_uri")
