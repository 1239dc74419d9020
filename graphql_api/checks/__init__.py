"""Checks of every document before it is executed, and of every answer while it is built."""
