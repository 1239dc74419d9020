"""Every table that points at people has a rule: what an export holds of it, and that an erasure leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CASCADE, SET_NULL, FileField, ForeignKey, Model

from domains.accounts.models import DataExport, Erasure, Upload, User
from domains.base.addresses import AddressField
from domains.base.personal_data import PersonalRows, find_registered

RULES = find_registered()
MODELS = list(apps.get_models(include_auto_created=True))
#: Addresses of the rows of a person, who is found by another column; and the address that an erasure goes by.
ADDRESSES_ELSEWHERE = {"accounts.EmailChange.old_email", "accounts.EmailChange.new_email", "accounts.Erasure.email"}
#: Columns with the key of a person but without a foreign key, and why they need no rule.
KEYS_WITHOUT_RULE = {
    "accounts.Erasure.user_id": "the proof of the erasure itself",
    "base.MailJob.source_id": "of rows of many tables; services.forget_in_admin removes those of people",
    "moderation.ContentReport.subject_id": "reports stay until 90 days after the answer",
    "notifications.Notification.source_id": "of rows of many tables; services.forget_person removes those about people",
    "notifications.Notification.subject_id": "as above",
    "opportunities.Listing.external_id": "another site's",
    "socialaccount.SocialApp.provider_id": "a provider's",
    "socialaccount.SocialApp.client_id": "a provider's",
    "events.Scan.device_id": "a scanner's; services.erase_attendee empties it",
    "messaging.Message.client_id": "a random number of the client",
    "admin.LogEntry.object_id": "of rows of many tables; services.forget_in_admin removes those of people",
}

#: Columns of queues: when something was tried.
QUEUE = {"attempts", "due_at", "done_at", "last_error"}
#: Columns that an export leaves out, by list: secrets, keys of other people and of rows, and the server's own counters.
LEFT_OUT = {
    "account": {"password", "is_active", "is_superuser"},
    "known_networks": {"digest"},
    "second_factors": {"data"},
    "sessions": {"generation"},
    "uploads": {"file"},
    "staff_acts": {"object_id", "object_repr", "change_message"},
    "memberships": {"invited_by"},
    "applications": {"offer_expires_at"},
    "application_history": {"actor", "overrides"},
    "hours": {"corrects", "proposed_from", "reviewed_by"},
    "tickets": {"code_random"},
    "former_ticket_codes": {"code_random"},
    "conversations": {"read_up_to_sequence"},
    "resumes": {"failure_code"},
    "notifications": {"digest", "is_in_app", "source_id", "subject_id", "subject_type", "template"},
    "push_subscriptions": {"p256dh", "auth"},
}


def label(model: type[Model], column: str) -> str:
    return f"{model._meta.label}.{column}"


def keys_of_people() -> Iterator[ForeignKey[Any, Any]]:
    for model in MODELS:
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and field.remote_field.model is User:
                yield field


def personal_models() -> set[type[Model]]:
    """Return the tables whose rows are removed with a person, however far away the person's key is."""
    found: set[type[Model]] = {User}
    while True:
        more = {
            field.model
            for model in MODELS
            for field in model._meta.get_fields()
            if isinstance(field, ForeignKey)
            and field.remote_field.model in found
            and field.remote_field.on_delete is CASCADE
        }
        if more <= found:
            return found
        found |= more


def test_every_key_of_a_person_has_a_rule() -> None:
    without = [
        label(field.model, field.name)
        for field in keys_of_people()
        if not any(rule.model is field.model and rule.of == field.name for rule in RULES)
    ]
    assert without == [], "register each in its domain's personal_data.py: in the export, or with the reason why not"


def test_every_table_that_goes_with_a_person_has_a_rule() -> None:
    ruled = {rule.model for rule in RULES}
    assert personal_models() - ruled == set()


def test_keys_are_emptied_or_their_rows_removed_never_kept() -> None:
    kept = [
        label(one.model, one.name) for one in keys_of_people() if one.remote_field.on_delete not in {CASCADE, SET_NULL}
    ]
    assert kept == []


def test_every_address_and_every_number_that_may_be_a_person_has_a_rule() -> None:
    ruled = {label(rule.model, rule.of) for rule in RULES}
    without = set()
    for model in MODELS:
        for field in model._meta.concrete_fields:
            name = label(model, field.name)
            is_key = field.name.endswith("_id") and not isinstance(field, ForeignKey)
            if (isinstance(field, AddressField) or is_key) and model is not User and name not in ruled:
                without.add(name)
    assert without == ADDRESSES_ELSEWHERE | KEYS_WITHOUT_RULE.keys()


def test_every_stored_file_of_a_person_is_exported_and_removed() -> None:
    """Copies in reports stay with the report."""
    pointed = {field.model for field in keys_of_people()} | personal_models()
    stored = {
        label(model, field.name)
        for model in pointed
        for field in model._meta.concrete_fields
        if isinstance(field, FileField)
    }
    ruled = {label(rule.model, column) for rule in RULES for column in rule.files}
    assert stored - ruled == {label(Upload, "file")}, "an upload is removed from its `place`, before it has a file too"
    assert [rule.model for rule in RULES if not rule.exports_files] == [Upload, DataExport]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: label(rule.model, rule.of))
def test_a_rule_exports_columns_or_says_why_not(rule: PersonalRows) -> None:
    assert bool(rule.name) != bool(rule.reason), "a list has a name, and what is left out has a reason"
    assert bool(rule.name) == bool(rule.columns)
    assert rule.model is not Erasure


def test_every_column_of_what_goes_with_a_person_is_exported_or_known_as_left_out() -> None:
    """A new column is exported, or stands in LEFT_OUT."""
    left_out = {}
    for rule in RULES:
        if rule.name and rule.model in personal_models() and not rule.by_email:
            names = {field.name for field in rule.model._meta.concrete_fields if not field.primary_key}
            exported = {column.partition("__")[0] for column in rule.columns} | set(rule.files)
            if missing := names - exported - QUEUE - {rule.of.partition("__")[0]}:
                left_out[rule.name] = missing
    assert left_out == LEFT_OUT


def test_lists_have_names_of_their_own() -> None:
    names = [rule.name for rule in RULES if rule.name]
    assert len(names) == len(set(names))
