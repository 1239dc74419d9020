"""Ids, scalars, connections and loaders: how rows are shown."""
