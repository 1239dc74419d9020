"""Each address takes its one form: the domain as IDNA 2008 writes it, in ASCII.

Where two accounts turn out to have one mailbox, the one whose address is proved takes the form, else the older one. The
other keeps everything else, and its former spelling with its id as a mark: `x@bücher.example (7)`. It is named on the
console, and breaks the invariant `accounts.addresses_are_unique` until staff change its address in the admin.
"""

from django.db import migrations

from domains.base.addresses import address_key


def take_the_one_form(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    proved = set(EmailAddress.objects.filter(verified=True).values_list("user_id", flat=True))

    def move(user_id, former, address):
        EmailAddress.objects.filter(user=user_id, email__iexact=former).update(email=address)
        User.objects.filter(pk=user_id).update(email=address)

    changed = [
        (user, form)
        for user in User.objects.order_by("pk").only("pk", "email").iterator()
        if (form := address_key(user.email)) != user.email
    ]
    for user, form in sorted(changed, key=lambda one: (one[0].pk not in proved, one[0].pk)):
        other = User.objects.filter(email__iexact=form).exclude(pk=user.pk).only("pk").first()
        if other is None:
            move(user.pk, user.email, form)
            continue
        marked = user
        if user.pk in proved and other.pk not in proved:
            move(user.pk, user.email, f"{user.pk}@moving.invalid")
            move(other.pk, form, f"{user.email} ({other.pk})")
            move(user.pk, f"{user.pk}@moving.invalid", form)
            marked = other
        else:
            move(user.pk, user.email, f"{user.email} ({user.pk})")
        print(f"\n  Accounts {other.pk} and {user.pk} have one mailbox, {form}: {marked.pk} is marked with its id.")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_known_network'),
        ('account', '0009_emailaddress_unique_primary_email'),
    ]

    operations = [migrations.RunPython(take_the_one_form, migrations.RunPython.noop)]
