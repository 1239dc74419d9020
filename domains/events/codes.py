"""Ticket codes: the signed one in the QR code, and the one to type; making them, and finding the ticket of one.

Each ticket has one current code in two forms: 16 Base32 characters to type, and a compact JWS for the QR code. The JWS
holds the event, the ticket and 128 random bits, no personal data, and is checked with the public key of the purpose
`ticket` alone. A code that was replaced stays known as a former one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, Q, Value

from domains.base import signing
from domains.events.models import CODE_LENGTH, EventTicket, FormerCode

#: Used in the header (`ticket+jwt`) and in the derivation of the key.
PURPOSE = "ticket"
#: Longer texts are not read: a code has about 250 characters, and people type fewer.
MAX_TEXT_LENGTH = 1024
#: Digits that Base32 does not have, and the letters that people mean by them.
LOOK_ALIKES = str.maketrans("018", "OIB")
_TYPED = re.compile(rf"[A-Z2-7]{{{CODE_LENGTH}}}")


@dataclass(frozen=True)
class FoundTicket:
    """The ticket that a code belongs to, whatever the ticket's status and event are."""

    ticket_id: int
    event_id: int
    #: The code in the form to type, also where the text was a JWS.
    ticket_code: str
    #: Time the code was replaced by a new one; null for the current code.
    replaced_at: datetime | None

    @property
    def is_current(self) -> bool:
        """Whether this was the ticket's current code when it was found."""
        return self.replaced_at is None

    def is_current_of(self, ticket: EventTicket) -> bool:
        """Return whether this is the current code of the ticket, which the caller has locked since.

        If it was current when found and is not any more, find it again: then `replaced_at` says when it was replaced.
        """
        return self.ticket_code == ticket.ticket_code


def audience_of(event_id: int) -> str:
    """Return the `aud` in the JWS of all tickets to the event, which scanners compare offline."""
    return f"event-{event_id}"


def code_of(ticket: EventTicket) -> str:
    """Return the compact JWS in the QR code of the ticket; always the same until the code is replaced."""
    return signing.sign(
        PURPOSE, {"aud": audience_of(ticket.event_id), "sub": f"ticket-{ticket.pk}", "jti": ticket.code_random}
    )


def current_code(text: str) -> Q | None:
    """Return the condition that the text is the current code of a ticket; None for a text that cannot be a code.

    For a statement that reads the ticket itself, or locks it. If it finds none, the code may be a former one.
    """
    if typed := normalize_typed(text):
        return Q(ticket_code=typed)
    if claims := _read(text):
        return Q(pk=claims[0], code_random=claims[1])
    return None


def find_ticket(text: str) -> FoundTicket | None:
    """Return the ticket of a code, in one statement; None if no ticket has or had it, and for any other text.

    The text is what a scanner read or what a person typed: in any case, with spaces or dashes, with 0 for O, 1 for I
    and 8 for B. A text that cannot be a code costs no statement.
    """
    return find_tickets([text]).get(text)


def find_tickets(texts: Collection[str]) -> dict[str, FoundTicket]:
    """Return, by text, the ticket of each code as `find_ticket` does, in one statement for all; others are left out."""
    signed: dict[str, tuple[int, str]] = {}
    typed: dict[str, str] = {}
    for text in texts:
        if code := normalize_typed(text):
            typed[text] = code
        elif claims := _read(text):
            signed[text] = claims
    if not signed and not typed:
        return {}
    by_signed, by_typed = _find_rows([*signed.values()], [*typed.values()])
    found = {text: by_signed[key] for text, key in signed.items() if key in by_signed}
    found.update({text: by_typed[key] for text, key in typed.items() if key in by_typed})
    return found


def normalize_typed(text: str) -> str | None:
    """Return the code that a person typed as it is stored, or None if the text has not its form."""
    if len(text) > MAX_TEXT_LENGTH:
        return None
    letters = (one for one in text if not one.isspace() and unicodedata.category(one) != "Pd")
    code = "".join(letters)
    # Only ASCII: other alphabets have letters whose capitals are ASCII.
    code = code.upper().translate(LOOK_ALIKES) if code.isascii() else ""
    return code if _TYPED.fullmatch(code) else None


def _read(text: str) -> tuple[int, str] | None:
    """Return the ticket's key and the random part from a JWS that this server made, or None."""
    token = text.strip() if len(text) <= MAX_TEXT_LENGTH else ""
    try:
        claims = signing.read(PURPOSE, token)
    except signing.BadSignature:
        return None
    return int(claims["sub"].removeprefix("ticket-")), claims["jti"]


def _find_rows(
    signed: Collection[tuple[int, str]], typed: Collection[str]
) -> tuple[Mapping[tuple[int, str], FoundTicket], Mapping[str, FoundTicket]]:
    """Return the tickets by their key and random part, and by their code to type: current codes and former ones."""
    keys, randoms = [key for key, _ in signed], [random for _, random in signed]
    never = Value(None, output_field=DateTimeField(null=True))
    current = EventTicket.objects.filter(Q(pk__in=keys) | Q(ticket_code__in=typed)).values_list(
        "pk", "event_id", "ticket_code", "code_random", never
    )
    former = FormerCode.objects.filter(
        Q(ticket__in=keys, code_random__in=randoms) | Q(ticket_code__in=typed)
    ).values_list("ticket_id", "ticket__event_id", "ticket_code", "code_random", "replaced_at")
    by_signed, by_typed = {}, {}
    for ticket_id, event_id, ticket_code, code_random, replaced_at in current.union(former, all=True):
        found = FoundTicket(ticket_id, event_id, ticket_code, replaced_at)
        by_signed[ticket_id, code_random] = by_typed[ticket_code] = found
    return by_signed, by_typed
