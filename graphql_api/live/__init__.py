"""Subscriptions: how events reach the sockets that follow them."""
