"""Inputs of the queries and mutations of opportunities."""
