"""What `update_profile` does with causes, times of the week, and audiences."""

from __future__ import annotations

from typing import Any

import pytest

from domains.accounts import services
from domains.accounts.models import Audience, ProfileField, User, UserProfile
from domains.accounts.services import ChosenAudience, FreeTime, write_time
from domains.base.errors import Refused
from domains.base.week import Weekday, split
from domains.opportunities.models import PreferredCause
from tests.factories import CauseFactory, UserFactory
from tests.sql import rows_of, statements_of

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, SUNDAY = Weekday.MONDAY, Weekday.TUESDAY, Weekday.SUNDAY


def refusal_of(actor: User, **given: Any) -> list[tuple[str, str | None]]:
    before = rows_of("accounts", "opportunities")
    with pytest.raises(Refused) as refused:
        services.update_profile(actor=actor, **given)
    assert rows_of("accounts", "opportunities") == before
    return [(str(problem.code), problem.field) for problem in refused.value.problems]


def stored_times(user: User) -> list[str]:
    hours = UserProfile.objects.get(user=user).availability
    return [f"{one.weekday} {write_time(one.starts_at)}-{write_time(one.ends_at)}" for one in split(hours)]


def causes_of(user: User) -> set[int]:
    return set(PreferredCause.objects.filter(user=user).values_list("cause", flat=True))


class TestAvailability:
    """The times of the week."""

    def test_overlapping_and_touching_times_are_joined_and_a_list_replaces_the_earlier_one(self) -> None:
        ann = UserFactory()
        times = [
            FreeTime(SUNDAY, "20:00", "24:00"),
            FreeTime(MONDAY, "18:00:00", "20:00"),
            FreeTime(MONDAY, "19:30", "21:00"),
            FreeTime(MONDAY, "21:00", "22:15"),
            FreeTime(TUESDAY, "00:00", "00:00"),
        ]
        services.update_profile(actor=ann, availability=times)
        whole = ["MONDAY 18:00-22:15", "TUESDAY 00:00-00:00", "SUNDAY 20:00-00:00"]
        assert stored_times(ann) == whole
        before = rows_of("accounts")
        services.update_profile(actor=ann, availability=times[::-1])
        services.update_profile(actor=ann)
        assert rows_of("accounts") == before
        services.update_profile(actor=ann, availability=times[:1])
        assert stored_times(ann) == whole[-1:]
        services.update_profile(actor=ann, availability=[])
        assert stored_times(ann) == []

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "9:00",
            "09",
            "9 am",
            "24:01",
            "25:00",
            "12:60",
            "12:30:30",
            "-1:00",
            "\u0661\u0662:00",
            "09:00\n",
            "x" * 5000,
        ],
    )
    def test_what_is_no_time(self, text: str) -> None:
        ann = UserFactory()
        fine = FreeTime(MONDAY, "09:00", "10:00")
        wrong = [fine, FreeTime(MONDAY, text, "23:00"), FreeTime(MONDAY, "00:30", text)]
        assert refusal_of(ann, availability=wrong) == [
            ("INVALID", "availability.1.from"),
            ("INVALID", "availability.2.to"),
        ]

    @pytest.mark.parametrize(
        ("starts", "ends", "field"),
        [("10:00", "09:00", "to"), ("10:00", "10:00", "to"), ("22:00", "02:00", "to"), ("24:00", "00:00", "from")],
    )
    def test_the_end_is_after_the_start_on_the_same_day(self, starts: str, ends: str, field: str) -> None:
        wrong = [FreeTime(MONDAY, starts, ends)]
        assert refusal_of(UserFactory(), availability=wrong) == [("INVALID", f"availability.0.{field}")]

    def test_there_is_a_maximum(self) -> None:
        times = [FreeTime(MONDAY, "09:00", "10:00")] * 51
        assert refusal_of(UserFactory(), availability=times) == [("TOO_LONG", "availability")]
        services.update_profile(actor=UserFactory(), availability=times[:50])


class TestCauses:
    """Causes, which the domain of opportunities keeps."""

    def test_the_given_causes_replace_the_earlier_ones(self) -> None:
        ann, ben = UserFactory(), UserFactory()
        one, two, three = (CauseFactory().pk for _ in range(3))
        services.update_profile(actor=ben, cause_ids=[one])
        services.update_profile(actor=ann, cause_ids=[two, one, two])
        assert causes_of(ann) == {one, two}
        before = rows_of("opportunities")
        services.update_profile(actor=ann, cause_ids=[one, two])
        services.update_profile(actor=ann, bio="Hello")
        assert rows_of("opportunities") == before
        services.update_profile(actor=ann, cause_ids=[three, two])
        assert causes_of(ann) == {two, three}
        services.update_profile(actor=ann, cause_ids=[])
        assert (causes_of(ann), causes_of(ben)) == (set(), {one})

    def test_causes_that_do_not_exist_are_named_by_their_place_and_there_is_a_maximum(self) -> None:
        ann, cause = UserFactory(), CauseFactory()
        assert refusal_of(ann, cause_ids=[cause.pk, 0, -1]) == [
            ("NOT_FOUND", "cause_ids.1"),
            ("NOT_FOUND", "cause_ids.2"),
        ]
        assert refusal_of(ann, cause_ids=[cause.pk] * 21) == [("TOO_LONG", "cause_ids")]

    def test_no_profile_without_causes_asks_for_them(self) -> None:
        ann = UserFactory()
        assert not [sql for sql in statements_of(lambda: services.update_profile(actor=ann, bio="x")) if "cause" in sql]


class TestAudiences:
    """Who sees which field."""

    def test_fields_that_are_not_named_keep_their_audience(self) -> None:
        ann = UserFactory()
        services.update_profile(actor=ann, visibility=[ChosenAudience(ProfileField.BIO, Audience.ONLY_ME)])
        services.update_profile(actor=ann, visibility=[ChosenAudience(ProfileField.SKILLS, Audience.MEMBERS)])
        services.update_profile(actor=ann, visibility=[])
        profile = UserProfile.objects.get(user=ann)
        assert {field: str(profile.audience_of(field)) for field in ProfileField} == {
            **dict.fromkeys(ProfileField, "EVERYONE"),
            ProfileField.AVAILABILITY: "CONTACTS",
            ProfileField.BIO: "ONLY_ME",
            ProfileField.SKILLS: "MEMBERS",
        }

    def test_a_field_has_one_audience(self) -> None:
        chosen = [ChosenAudience(field, Audience.MEMBERS) for field in (*ProfileField, ProfileField.BIO)]
        assert refusal_of(UserFactory(), visibility=chosen) == [("DUPLICATE", f"visibility.{len(ProfileField)}.field")]


def test_what_is_wrong_is_named_at_once_in_all_parts_and_nothing_changes() -> None:
    found = refusal_of(
        UserFactory(profile=None),
        bio="x" * 2001,
        cause_ids=[0],
        availability=[FreeTime(MONDAY, "x", "y")],
        visibility=[ChosenAudience(ProfileField.BIO, Audience.MEMBERS)] * 2,
    )
    assert found == [
        ("TOO_LONG", "bio"),
        ("INVALID", "availability.0.from"),
        ("DUPLICATE", "visibility.1.field"),
        ("NOT_FOUND", "cause_ids.0"),
    ]
