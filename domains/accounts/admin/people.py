"""People, profiles and pictures; only staff who may correct the birth year see it."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.db import transaction
from django.http import HttpRequest
from django.utils.html import format_html

from domains.accounts.models import (
    PasswordReset,
    PictureSize,
    ProfilePicture,
    Session,
    User,
    UserProfile,
)
from domains.accounts.selectors import picture_url
from domains.accounts.services import (
    delete_account_of,
    end_requests,
    end_sessions,
    remove_profile_picture,
    remove_second_factor,
    set_password,
)
from domains.base.admin import HTTPS_ADDRESSES, AddressForm, ReadOnlyAdmin, TableAdmin, count_column

#: The fields that make a person staff, and give staff their rights.
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _can_edit(request: HttpRequest, person: User | None) -> bool:
    return person is None or not person.is_staff or _is_superuser(request)


class AddUserForm(AdminUserCreationForm):  # type: ignore[type-arg] # it has no parameter when it runs
    """A new person: address, name, and a password twice or none."""

    class Meta:
        model = User
        fields = ("email", "display_name")


class ChangeUserForm(AddressForm, UserChangeForm):  # type: ignore[type-arg] # as above
    """A known person; the password has a page of its own."""

    class Meta:
        model = User
        fields = ("email", "display_name")


class SetPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg] # as above
    """A new password that staff set: it ends what the old one had begun, as every change of a password does."""

    def save(self, commit: bool = True) -> User:  # noqa: ARG002 # it is always stored
        """Store the password, end all sessions, and tell the person by mail."""
        person: User = super().save(commit=False)
        with transaction.atomic():
            set_password(User.objects.select_for_update(no_key=True).get(pk=person.pk), person.password)
        return person


class UserProfileInline(admin.StackedInline):  # type: ignore[type-arg] # as above
    """The person's public profile."""

    model = UserProfile
    fields = ("bio", "linkedin_url", "website_url", "languages")
    can_delete = False
    formfield_overrides = HTTPS_ADDRESSES


@admin.register(User)
class UserAdmin(TableAdmin, DjangoUserAdmin):  # type: ignore[type-arg] # as above
    """People; a person added here gets the profile and the address that signing up would create."""

    form = ChangeUserForm
    add_form = AddUserForm
    change_password_form = SetPasswordForm
    list_display = (
        "email",
        "display_name",
        "user_type",
        "zip_code",
        "is_verified",
        "is_active",
        "is_staff",
        count_column("sessions", Session, "user"),
        "created_at",
    )
    list_filter = ("user_type", "is_verified", "is_active", "is_staff", "created_at")
    search_fields = ("email", "display_name", "zip_code")
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("display_name", "user_type", "zip_code", "is_verified")}),
        ("Rights", {"fields": ("is_active", *RIGHTS)}),
        ("Dates", {"fields": ("last_login", "created_at")}),
    )
    actions = ["turn_off_second_factor"]
    add_fieldsets = ((None, {"fields": ("email", "display_name", "usable_password", "password1", "password2")}),)
    inlines: ClassVar = [UserProfileInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only superusers give rights; otherwise staff who may change people could give themselves all rights."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if _is_superuser(request) else (*fixed, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only superusers change staff; otherwise staff could set another's password or address and log in with it."""
        return super().has_change_permission(request, obj) and _can_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only superusers remove staff."""
        return super().has_delete_permission(request, obj) and _can_edit(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Ask about the people alone: what is stored about them is not removed here, row by row."""
        people = [f"{person} ({person.email}), and everything that is stored about them" for person in objs]
        allowed = all(self.has_delete_permission(request, person) for person in objs)
        return people, {"people": len(people)}, set() if allowed else {"staff"}, []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete the account as its owner would: files, messages and what others hold about the person go too."""
        delete_account_of(user_id=obj.pk)
        self.message_user(request, "The account is closed; what is stored about the person goes within minutes.")

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Delete each in this way."""
        for person in queryset:
            self.delete_model(request, person)

    @admin.action(
        description="Turn off the second factor of one person, who lost phone and codes", permissions=["change"]
    )
    def turn_off_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        """End the sessions of the one chosen person too; a mail tells them. Only superusers do it for staff."""
        people = list(queryset[:2])
        if len(people) != 1:
            self.message_user(request, "Choose one person, after you have made sure who asks.", messages.ERROR)
        elif not self.has_change_permission(request, people[0]):
            self.message_user(request, "Only superusers may do this for staff.", messages.ERROR)
        elif remove_second_factor(user_id=people[0].pk):
            self.log_change(request, people[0], "Turned off the second factor.")
            self.message_user(request, f"{people[0]} can log in with the password alone; a mail says so.")
        else:
            self.message_user(request, f"{people[0]} has no second factor.", messages.WARNING)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show the profile on the second page only, once the person exists."""
        return super().get_inlines(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Keep the profile and the list of addresses in step; a new address still has to be proven.

        Attempts to sign up with the former address, requests to change it and requests for a new password are removed:
        their keys came to the former address. The sessions of an account that is closed end.
        """
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            end_requests(obj)
            end_sessions(obj.sessions.all())
        if "email" in form.changed_data:
            obj.sign_up_attempts.all().delete()
            obj.emailaddress_set.exclude(email=obj.email).delete()
            PasswordReset.objects.filter(email=form.initial.get("email", "")).delete()
            end_requests(obj)
        UserProfile.objects.get_or_create(user=obj)
        EmailAddress.objects.get_or_create(
            user=obj, email=obj.email, defaults={"primary": not obj.emailaddress_set.exists()}
        )


@admin.register(UserProfile)
class UserProfileAdmin(TableAdmin):
    """Profiles of people."""

    list_display = ("user", "linkedin_url")
    list_filter = (("bio", admin.EmptyFieldListFilter), ("linkedin_url", admin.EmptyFieldListFilter))
    search_fields = ("user__email", "user__display_name", "bio")
    autocomplete_fields = ("user",)
    readonly_fields = ("availability", "visibility")
    ordering = ("-user_id",)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Show the year of birth to staff who may correct it, since its owner can give it only once."""
        return () if self.has_change_permission(request, obj) else ("birth_year",)


@admin.register(ProfilePicture)
class ProfilePictureAdmin(ReadOnlyAdmin):
    """Pictures of people; staff who may delete them take one down."""

    list_display = ("user", "picture", "side", "created_at")
    list_filter = ("created_at",)
    search_fields = ("user__email", "user__display_name")
    fields = ("user", "picture", "side", "created_at")
    ordering = ("-created_at",)

    @admin.display(description="picture")
    def picture(self, row: ProfilePicture) -> str:
        """Show the picture itself."""
        address = picture_url(user_id=row.pk, size=PictureSize.SMALL)
        return format_html('<img src="{}" width="64" height="64" alt="">', address)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A picture can be taken down."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: ProfilePicture) -> None:  # noqa: ARG002 # Django's shape
        """Remove the files too."""
        remove_profile_picture(actor=obj.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Remove the files too."""
        for row in queryset.select_related("user"):
            self.delete_model(request, row)
