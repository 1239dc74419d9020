"""The admin's pages about accounts."""

from __future__ import annotations

from domains.accounts.admin import people, rows
