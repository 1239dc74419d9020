"""The addresses of members and of those who are invited take their one form, as those of accounts do.

Where one host has two rows for one mailbox, the member's takes the form, else the older one. The other keeps its former
spelling with its id as a mark, is named on the console, and breaks the invariant
`opportunities.addresses_are_unique` until staff change or remove it.
"""

from django.db import migrations

from domains.base.addresses import address_key


def take_the_one_form(apps, schema_editor):
    HostMembership = apps.get_model("opportunities", "HostMembership")
    changed = [
        (row, form)
        for row in HostMembership.objects.order_by("pk").only("pk", "host_id", "email", "accepted_at").iterator()
        if (form := address_key(row.email)) != row.email
    ]
    for row, form in sorted(changed, key=lambda one: (one[0].accepted_at is None, one[0].pk)):
        same = HostMembership.objects.filter(host=row.host_id, email__iexact=form).exclude(pk=row.pk)
        if (other := same.only("pk").first()) is not None:
            print(f"\n  Memberships {other.pk} and {row.pk} have one mailbox, {form}: {row.pk} is marked with its id.")
            form = f"{row.email} ({row.pk})"
        HostMembership.objects.filter(pk=row.pk).update(email=form)


class Migration(migrations.Migration):

    dependencies = [
        ('opportunities', '0008_hosts_by_name'),
        ('accounts', '0006_one_form_of_addresses'),
    ]

    operations = [migrations.RunPython(take_the_one_form, migrations.RunPython.noop)]
