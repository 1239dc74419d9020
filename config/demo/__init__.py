"""The demo community: invented people, organizations and talks, loaded whole and once."""

#: Those who can log in; their password is everybody's to know, which is what they are for.
DEMO_LOG_INS = ("volunteer@demo.example", "host@demo.example", "staff@demo.example")
DEMO_PASSWORD = "demo-community-2026"  # noqa: S105 - public on purpose
