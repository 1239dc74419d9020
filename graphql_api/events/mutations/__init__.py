"""Mutations of events and tickets."""

from graphql_api.events.mutations.events import EventMutations

#: The classes whose fields become root fields of mutations.
MUTATIONS = (EventMutations,)
