"""Ids, scalars, connections and loaders of the GraphQL types."""
