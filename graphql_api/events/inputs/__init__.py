"""Inputs of events."""
