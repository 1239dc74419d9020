"""Subscriptions: how events reach the sockets of their subscribers."""
