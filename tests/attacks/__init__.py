"""Requests that once hurt a server, replayed against a running one; each must stay within its limits."""
