"""Changing the details of an organization."""

from __future__ import annotations

from copy import copy

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import NotAllowed, NotFound, Refused
from domains.opportunities import policies
from domains.opportunities.models import OpportunityHost
from domains.opportunities.services.locks import lock_host
from domains.opportunities.services.values import one_line, problems_of, problems_of_texts


@transaction.atomic
def update_host(
    *,
    actor: User,
    host_id: int,
    organization_name: str | None = None,
    website: str | None = None,
    description: str | None = None,
    zip_code: str | None = None,
) -> OpportunityHost:
    """The host has the given details; None leaves a value unchanged, and the host stays verified or not.

    Refuses with NOT_FOUND, FORBIDDEN, REQUIRED, TOO_SHORT, TOO_LONG and INVALID.
    """
    host = lock_host(host_id=host_id)
    if host is None:
        raise NotFound("host", "host_id")
    if not policies.can_run_host(actor, host_id):
        raise NotAllowed("Only owners and coordinators may change what the organization says about itself.")
    before = copy(host)
    if organization_name is not None:
        host.organization_name = one_line(organization_name)
    given = {"website": website, "description": description, "zip_code": zip_code}
    for name, text in given.items():
        if text is not None:
            setattr(host, name, text.strip())
    # A stored ZIP code that validation would refuse today stays until it is changed.
    unchanged = [] if zip_code else ["zip_code"]
    words = problems_of_texts(host, lines=["organization_name"], before=before)
    if problems := [*problems_of(host, exclude=unchanged), *words]:
        raise Refused(*problems)
    host.save(update_fields=["organization_name", *given])
    return host
