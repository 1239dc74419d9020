"""Giving a new person the picture that their provider has of them."""

from __future__ import annotations

import logging

import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from urllib3.util import parse_url

from domains.accounts.models import ProfilePicture
from domains.accounts.providers.requests_to_providers import ProviderSession
from domains.accounts.services.upload_profile_picture import set_profile_picture
from domains.base import gate_slot
from domains.base.errors import Refused

logger = logging.getLogger(__name__)
#: Where the providers keep pictures. No other address is asked, whatever a token says.
PICTURE_HOSTS = (".googleusercontent.com", ".licdn.com")


def fetch_provider_picture(*, user_id: int) -> bool:
    """The person has the picture of their provider, unless they have one; returns whether it was fetched.

    Its address is forgotten, whether or not there is a picture at it. A system act, safe to run twice.
    """
    linked = SocialAccount.objects.filter(user=user_id, extra_data__has_key="picture").order_by("pk").last()
    if linked is None:
        return False
    url = linked.extra_data.pop("picture")
    linked.save(update_fields=["extra_data"])
    if not url or ProfilePicture.objects.filter(user=user_id).exists():
        return False
    try:
        with gate_slot.released():
            content = _fetch(url)
        set_profile_picture(user=linked.user, content=content)
    except (requests.RequestException, Refused) as error:
        logger.info("the picture of a provider was not taken: %s", type(error).__name__)
        return False
    return True


def _fetch(url: str) -> bytes:
    address = parse_url(url)
    is_stand_in = url.startswith(tuple(f"{one}/" for one in settings.LOG_IN_STAND_INS.values()))
    is_kept_there = address.scheme == "https" and (address.host or "").endswith(PICTURE_HOSTS)
    if not is_stand_in and (not is_kept_there or address.port or address.auth or "\\" in url):
        raise requests.exceptions.InvalidURL("no provider keeps pictures there")
    return ProviderSession().fetch(url)
