"""The demo community: invented people, organizations and conversations, loaded once and as a whole."""

#: The people who can log in; their password is public on purpose.
DEMO_LOG_INS = ("volunteer@demo.example", "host@demo.example", "staff@demo.example")
DEMO_PASSWORD = "demo-community-2026"  # noqa: S105 - public on purpose
